import { css, html, LitElement, nothing } from 'lit';
import { customElement, property, query } from 'lit/decorators.js';
import type { InspectedToken } from '../../protocol/inspection';
import { displayToken } from '../../tokenizer/tokenDisplay';
import type { CellPlace } from '../drawing/cellMapLayout';
import type { CellScale, Domain } from '../drawing/cellScale';
import type { Theme } from '../drawing/theme';
import { bits, count, percent } from '../format';
import { blockName } from '../lensReading';
import type { Picture } from '../sectionData';
import type { LensColor } from '../state/choices/lens';
import type { LensMap } from '../state/lensMap';
import type { Loadable } from '../state/loader';
import './cellMap';
import type { CellMap } from './cellMap';
import './segmented';
import type { Segment } from './segmented';
import { shared } from './styles';

const colors: readonly Segment[] = [
  {
    value: 'probability',
    label: 'Top token',
    short: 'Top',
    title: 'Probability of the token in the cell',
  },
  {
    value: 'final',
    label: 'Final answer',
    short: 'Final',
    title: 'Probability, after this layer, of the token that is the likeliest in the end',
  },
  {
    value: 'kl',
    label: 'KL to the end',
    short: 'KL',
    title: 'Bits by which the distribution after this layer misses the final one: KL(final ‖ here)',
  },
];

/** Bits beyond which a distribution is as far from the final one as the colours can say. */
const mostBits = 12;

/**
 * The likeliest token after each layer, at every position. Fires `color` (a `LensColor`), `choose` (a
 * position), `stop` and `resume`.
 */
@customElement('fp-lens-map')
export class LensMapView extends LitElement {
  @property({ attribute: false }) map!: LensMap;
  /** Changes with what is there. */
  @property({ attribute: false }) known = 0;
  /** How the piece stands that comes next; null where none is awaited. */
  @property({ attribute: false }) missing: Loadable<unknown> | null = null;
  @property({ attribute: false }) position: number | null = null;
  @property() color: LensColor = 'probability';
  @property({ attribute: false }) theme!: Theme;
  @query('fp-cell-map') private cells!: CellMap | null;
  private drawn: { map: LensMap; known: number; color: LensColor; values: Float32Array } | null =
    null;
  private labelled: { tokens: readonly InspectedToken[]; labels: string[] } | null = null;

  static override styles = [
    shared,
    css`
      .progress {
        display: flex;
        justify-content: space-between;
        gap: 8px;
        min-height: 1.5em;
        margin-top: 6px;
      }
      .failed {
        padding-left: 8px;
        border-left: 2px solid var(--vscode-errorForeground);
        color: var(--vscode-foreground);
      }
    `,
  ];

  override render() {
    const { map, color, theme } = this;
    const scale: CellScale = color === 'kl' ? 'sequential' : 'probability';
    const domain: Domain = color === 'kl' ? [0, mostBits] : [0, 1];
    return html`<fp-segmented
        label="Colour cells by"
        .segments=${colors}
        .value=${color}
        @choose=${({ detail }: CustomEvent<LensColor>) => this.tell('color', detail)}
      ></fp-segmented>
      <fp-cell-map
        .rows=${Array.from({ length: map.rows }, (_, row) => blockName(row))}
        .columns=${this.labels()}
        .values=${this.values()}
        .texts=${map.topTexts.map(displayToken)}
        .scale=${scale}
        .domain=${domain}
        .unit=${color === 'kl' ? 'bits' : 'probability'}
        .format=${(value: number) =>
          color === 'kl' ? `${value}${value === mostBits ? '+' : ''}` : String(value)}
        .column=${this.position}
        .theme=${theme}
        label="Logit lens: the likeliest next token after each layer (down) at each token (across)"
        .describe=${this.describe}
        @choose=${({ detail }: CustomEvent<CellPlace>) => this.tell('choose', detail.column)}
      ></fp-cell-map>
      ${this.progress()}`;
  }

  picture(): Picture | null {
    return this.cells?.picture() ?? null;
  }

  private progress() {
    const { map, missing } = this;
    if (map.known === map.columns) return nothing;
    if (missing?.status === 'failed') {
      return html`<p class="progress failed small" role="alert">
        <span>${missing.message}</span>
        <button class="link" @click=${() => this.tell('resume', null)}>Go on</button>
      </p>`;
    }
    return html`<p class="progress small muted">
      <span>${count(map.known)} of ${count(map.columns)} tokens</span>
      <button class="link" @click=${() => this.tell(missing ? 'stop' : 'resume', null)}>
        ${missing ? 'Stop' : 'Go on'}
      </button>
    </p>`;
  }

  /** What the colours stand for, as a new array whenever there is more. */
  private values(): Float32Array {
    const { map, known, color, drawn } = this;
    if (drawn?.map === map && drawn.known === known && drawn.color === color) return drawn.values;
    const values =
      color === 'kl'
        ? map.klToFinal.map((nats) => nats / Math.LN2)
        : color === 'final'
          ? map.finalProbability.slice()
          : map.topProbability.slice();
    this.drawn = { map, known, color, values };
    return values;
  }

  private labels(): string[] {
    const { tokens } = this.map.result;
    if (this.labelled?.tokens !== tokens) {
      this.labelled = { tokens, labels: tokens.map(({ text }) => displayToken(text)) };
    }
    return this.labelled.labels;
  }

  private readonly describe = ({ row, column }: CellPlace) => {
    const { map } = this;
    const at = row * map.columns + column;
    const token = map.result.tokens[column];
    if (!token) return '';
    const after = html`${blockName(row)} after
      <bdi class="token">${displayToken(token.text)}</bdi>: `;
    const p = map.topProbability[at]!;
    if (Number.isNaN(p)) return html`${after}<span class="muted">not there yet</span>`;
    const final = percent(map.finalProbability[at]!);
    return html`${after}<bdi class="token">${displayToken(map.topTexts[at]!)}</bdi> ${percent(p)}
      <span class="muted">· final ${final} · KL ${bits(map.klToFinal[at]!)}</span>`;
  };

  private tell(event: string, detail: unknown): void {
    this.dispatchEvent(new CustomEvent(event, { detail }));
  }
}
