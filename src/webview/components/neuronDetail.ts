import { css, html, LitElement, nothing } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import type { InspectedToken } from '../../protocol/inspection';
import type { NeuronAlongText, WeighedToken } from '../../protocol/neurons';
import { displayToken } from '../../tokenizer/tokenDisplay';
import { cellColor } from '../drawing/cellScale';
import { cssColor } from '../drawing/color';
import { signedTints } from '../drawing/signedTints';
import { isHighContrast, type Theme } from '../drawing/theme';
import type { Tint } from '../drawing/tokenScale';
import { signed } from '../format';
import './scaleLegend';
import './scoreBars';
import { shared } from './styles';
import './tokenFlow';

/** One neuron: how active it is at each token, and what it says. Fires `choose` with a token's index. */
@customElement('fp-neuron-detail')
export class NeuronDetail extends LitElement {
  @property({ attribute: false }) neuron!: NeuronAlongText;
  @property({ attribute: false }) tokens: readonly InspectedToken[] = [];
  @property({ attribute: false }) position: number | null = null;
  @property({ attribute: false }) theme!: Theme;
  @state() private looked: number | null = null;

  private tinted: { neuron: NeuronAlongText; theme: Theme; tints: (Tint | null)[] } | null = null;

  static override styles = [
    shared,
    css`
      :host {
        container-type: inline-size;
        margin: 2px 0 10px 6px;
        padding-left: 12px;
        border-left: 2px solid var(--fp-border);
      }
      .readout {
        margin: 4px 0;
        line-height: 1.6;
        overflow: hidden;
        text-overflow: ellipsis;
        white-space: nowrap;
      }
      .paper {
        padding: 2px 8px 4px;
        max-height: 180px;
        overflow-y: auto;
        border: 1px solid var(--fp-border);
        border-radius: 5px;
        background: var(--vscode-editor-background);
        color: var(--vscode-editor-foreground);
      }
      fp-scale-legend {
        margin: 8px 0;
        max-width: 260px;
      }
      .ends {
        display: grid;
        gap: 8px 20px;
      }
      @container (min-width: 420px) {
        .ends {
          grid-template-columns: minmax(0, 1fr) minmax(0, 1fr);
        }
      }
      h3 {
        margin: 0 0 2px;
        font-size: var(--fp-small);
        font-weight: 600;
      }
    `,
  ];

  override render() {
    const { neuron, tokens, theme } = this;
    const index = this.looked ?? this.position ?? 0;
    const most = this.most;
    const label = `Activation of ${neuron.name} at each token`;
    const ramp = Array.from({ length: 33 }, (_, i) =>
      cssColor(cellColor(theme, 'diverging', i / 16 - 1)),
    );
    return html`<p class="readout" role="status">
        <bdi class="token">${displayToken(tokens[index]?.text ?? '')}</bdi>
        <span class="muted number">(${index})</span>
        <b class="number">${signed(neuron.activations[index] ?? 0, 4)}</b>
      </p>
      <div class="paper">
        <fp-token-flow
          .label=${label}
          .tokens=${tokens}
          .tints=${this.tints()}
          ?bordered=${isHighContrast(theme.kind)}
          .position=${this.position}
          @look=${(event: CustomEvent<number | null>) => (this.looked = event.detail)}
          @choose=${(event: CustomEvent<number>) =>
            this.dispatchEvent(new CustomEvent('choose', { detail: event.detail }))}
        ></fp-token-flow>
      </div>
      <fp-scale-legend
        .colors=${ramp}
        .marks=${[
          { at: 0, label: signed(-most, 2) },
          { at: 0.5, label: '0' },
          { at: 1, label: signed(most, 2) },
        ]}
        unit="activation"
      ></fp-scale-legend>
      <div class="ends">
        ${this.end('Promotes', neuron.promotes)}${this.end('Suppresses', neuron.suppresses)}
      </div>`;
  }

  private end(heading: string, tokens: readonly WeighedToken[]) {
    if (tokens.length === 0) return nothing;
    const full = Math.max(...tokens.map(({ logit }) => Math.abs(logit)));
    return html`<div>
      <h3 title=${logitMeaning}>${heading}</h3>
      <fp-score-bars
        label="${heading} (logit)"
        signed
        .full=${full}
        .theme=${this.theme}
        .scores=${tokens.map(({ id, text, logit }) => ({
          id,
          text,
          value: logit,
          amount: signed(logit, 3),
          title: `id ${id}\n${logitMeaning}`,
        }))}
      ></fp-score-bars>
    </div>`;
  }

  /** Size of the strongest activation in this text: the end of the scale. */
  private get most(): number {
    return this.neuron.activations.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
  }

  private tints(): (Tint | null)[] {
    const { neuron, theme } = this;
    if (this.tinted?.neuron !== neuron || this.tinted.theme !== theme) {
      const tints = signedTints(theme, neuron.activations, this.most);
      this.tinted = { neuron, theme, tints };
    }
    return this.tinted.tints;
  }
}

const logitMeaning =
  "What its output row adds to each token's logit at activation 1, with the final norm's gain, for a norm of scale 1";
