import { css, html, nothing } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import type { TokenColoring } from '../../protocol/panel';
import type { InspectedToken } from '../../protocol/inspection';
import type { TokenMeasure } from '../../inspection/tokenMeasure';
import { attentionBars } from '../attentionBars';
import { cssColor } from '../drawing/color';
import { isHighContrast, type Theme } from '../drawing/theme';
import { legendMarks, tint, type Tint, tokenTints } from '../drawing/tokenScale';
import { weight } from '../format';
import { headName } from '../headName';
import { displayToken } from '../../tokenizer/tokenDisplay';
import { tokensData } from '../tokensData';
import './scaleLegend';
import './section';
import './segmented';
import type { Segment } from './segmented';
import { PanelSection } from './panelSection';
import { shared } from './styles';
import './tokenFlow';
import './tokenReadout';

const colorings: readonly Segment[] = [
  { value: 'surprisal', label: 'Surprisal', title: 'How unexpected each token was, in bits' },
  {
    value: 'probability',
    label: 'Probability',
    short: 'Prob.',
    title: 'The probability that each token was given',
  },
  { value: 'rank', label: 'Rank', title: 'How many tokens were at least as likely' },
  {
    value: 'entropy',
    label: 'Entropy',
    title: 'How open it was what would come, in bits',
  },
  { value: 'none', label: 'None', title: 'No colours' },
];

const units: Record<TokenMeasure, string> = {
  surprisal: 'bits',
  probability: '',
  rank: 'rank',
  entropy: 'bits',
};

/** The token strip with its colours, their legend, and what is known of one token. */
@customElement('fp-token-section')
export class TokenSection extends PanelSection {
  @property({ attribute: false }) theme!: Theme;
  @state() private looked: number | null = null;

  static override styles = [
    shared,
    css`
      .paper {
        margin: 8px 0 0;
        padding: 4px 10px 6px;
        max-height: min(46vh, 480px);
        overflow-y: auto;
        border: 1px solid var(--fp-border);
        border-radius: 5px;
        background: var(--vscode-editor-background);
        color: var(--vscode-editor-foreground);
      }
      .legend {
        display: flex;
        flex-wrap: wrap;
        gap: 2px 20px;
        margin: 8px 0 10px;
        min-height: 24px;
      }
      fp-scale-legend {
        flex: 1 1 230px;
        max-width: 360px;
      }
      .overlay {
        display: flex;
        align-items: baseline;
        gap: 6px;
        font-size: var(--fp-small);
        color: var(--fp-muted);
        line-height: 1.25;
      }
      .overlay i {
        width: 14px;
        height: 6px;
        background: var(--fp-attention);
      }
    `,
  ];

  override render() {
    const { store, theme } = this;
    const tokens = store.result?.tokens ?? [];
    const { coloring } = store.choices;
    const overlay = this.overlay(tokens);
    const highContrast = isHighContrast(theme.kind);
    return html`<fp-section .store=${store} name="tokens" heading="Tokens" .data=${this.data}>
      <fp-segmented
        label="Colour tokens by"
        .segments=${colorings}
        .value=${coloring}
        @choose=${this.colored}
      ></fp-segmented>
      <div class="paper">
        <fp-token-flow
          .tokens=${tokens}
          .tints=${this.tints(tokens, coloring)}
          ?bordered=${highContrast && coloring !== 'none'}
          ?hatched=${coloring !== 'none'}
          .weights=${overlay?.shares ?? null}
          .position=${store.position}
          .pointed=${store.pointing ? (store.pointed?.key ?? null) : null}
          @choose=${this.chosen}
          @look=${this.lookedAt}
        ></fp-token-flow>
      </div>
      <div class="legend">
        ${coloring === 'none' ? nothing : this.legend(coloring, highContrast)}
        ${
          overlay
            ? html`<div class="overlay">
                <i></i>
                <span
                  >attention of ${overlay.name} ${overlay.side}
                  <bdi class="token">${displayToken(tokens[store.position ?? 0]?.text ?? '')}</bdi>,
                  full bar ${weight(overlay.most)}</span
                >
              </div>`
            : nothing
        }
      </div>
      <fp-token-readout .store=${store} .index=${this.looked ?? store.position}></fp-token-readout>
    </fp-section>`;
  }

  private readonly data = () => this.store.result && tokensData(this.store.result);

  private legend(coloring: TokenMeasure, bordered: boolean) {
    const stepped = coloring === 'rank';
    const places = stepped ? [0, 0.25, 0.5, 0.75, 1] : Array.from({ length: 25 }, (_, i) => i / 24);
    return html`<fp-scale-legend
      .colors=${places.map((at) => cssColor(tint(this.theme, coloring, at).background))}
      .stepped=${stepped}
      .bordered=${bordered}
      .marks=${legendMarks(coloring)}
      .unit=${units[coloring]}
    ></fp-scale-legend>`;
  }

  /** Attention from or to the current token, as shares of its largest weight. */
  private overlay(tokens: readonly InspectedToken[]) {
    const { store } = this;
    const { position } = store;
    const { overlay, hideFirst, folded } = store.choices;
    if (overlay === 'none' || folded.includes('attention') || position === null) return null;
    const answer = store.pattern();
    // The bars of the last head stay until those of the next are there.
    if (answer?.status === 'ready') {
      this.pattern = { tokens, pattern: answer.value.pattern, name: headName(store.attention) };
    }
    if (answer?.status === 'failed' || this.pattern?.tokens !== tokens) return null;
    const { pattern, name } = this.pattern;
    const key = [overlay, position, hideFirst].join();
    if (this.bars?.pattern !== pattern || this.bars.key !== key) {
      const bars = attentionBars(pattern, tokens.length, position, overlay, hideFirst ? 1 : 0);
      this.bars = { pattern, key, ...bars };
    }
    return { name, side: overlay, most: this.bars.most, shares: this.bars.shares };
  }

  private pattern: {
    tokens: readonly InspectedToken[];
    pattern: Float32Array;
    name: string;
  } | null = null;

  /** Kept, so that the strip is not painted again when nothing changed. */
  private bars: {
    pattern: Float32Array;
    /** What they are made of besides. */
    key: string;
    most: number;
    shares: Float32Array;
  } | null = null;

  private tinted: {
    tokens: readonly InspectedToken[];
    coloring: TokenColoring;
    theme: Theme;
    tints: (Tint | null)[];
  } | null = null;

  private tints(tokens: readonly InspectedToken[], coloring: TokenColoring): (Tint | null)[] {
    const { theme } = this;
    const kept = this.tinted;
    if (kept?.tokens === tokens && kept.coloring === coloring && kept.theme === theme) {
      return kept.tints;
    }
    const tints = tokenTints(theme, coloring, tokens);
    this.tinted = { tokens, coloring, theme, tints };
    return tints;
  }

  private readonly colored = (event: CustomEvent<TokenColoring>) =>
    this.store.choose({ coloring: event.detail });

  private readonly chosen = (event: CustomEvent<number>) => void this.store.select(event.detail);

  private readonly lookedAt = (event: CustomEvent<number | null>) => {
    this.looked = event.detail;
  };
}
