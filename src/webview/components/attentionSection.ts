import { css, html, nothing } from 'lit';
import { customElement, property, query, state } from 'lit/decorators.js';
import type { AttentionPattern, InspectedToken } from '../../protocol/inspection';
import { cssColor } from '../drawing/color';
import { heatColor } from '../drawing/heatScale';
import type { Theme } from '../drawing/theme';
import { count, weight } from '../format';
import { stepHead, stepLayer } from '../headSteps';
import type { Cell } from '../state/store';
import { displayToken } from '../../tokenizer/tokenDisplay';
import type { HeatMap, ShownView } from './heatMap';
import './heatMap';
import { icon } from './icons';
import './scaleLegend';
import './section';
import './stepper';
import { StoreElement } from './storeElement';
import { shared } from './styles';

const marks = [0, 0.25, 0.5, 0.75, 1].map((at) => ({ at, label: String(at) }));

/** Where one head looked. */
@customElement('fp-attention-section')
export class AttentionSection extends StoreElement {
  @property({ attribute: false }) theme!: Theme;
  @state() private view: ShownView | null = null;
  @query('fp-heat-map') private map!: HeatMap;

  /** Stays on show until the pattern of the next head is there. */
  private last: { tokens: readonly InspectedToken[]; pattern: AttentionPattern } | null = null;
  private labelled: { tokens: readonly InspectedToken[]; labels: string[] } | null = null;

  static override styles = [
    shared,
    css`
      .pick {
        display: flex;
        flex-wrap: wrap;
        align-items: center;
        gap: 6px 10px;
      }
      .readout {
        display: flex;
        flex-wrap: wrap;
        column-gap: 0.45em;
        align-content: flex-start;
        min-height: 1.6em;
        margin: 10px 0 6px;
        line-height: 1.6;
      }
      .readout > span {
        display: flex;
        align-items: baseline;
        gap: 0.45em;
        min-width: 0;
        white-space: nowrap;
      }
      .readout .token {
        overflow: hidden;
        text-overflow: ellipsis;
      }
      .readout b {
        font-weight: 600;
      }
      @container (max-width: 330px) {
        .readout {
          min-height: 3.2em;
        }
      }
      fp-heat-map.waiting {
        opacity: 0.5;
      }
      .zoom {
        display: flex;
        align-items: center;
        gap: 2px;
        margin-bottom: 6px;
        line-height: 1.35;
      }
      .zoom span {
        margin-left: 6px;
      }
      .foot {
        display: flex;
        flex-wrap: wrap;
        gap: 8px 20px;
        margin-top: 10px;
      }
      fp-scale-legend {
        flex: 1 1 180px;
        max-width: 300px;
      }
      .future {
        display: flex;
        gap: 6px;
        line-height: 11px;
        align-items: center;
        height: 11px;
      }
      .future i {
        width: 14px;
        height: 10px;
        border: 1px dashed var(--fp-border);
      }
      .overlay {
        display: flex;
        align-items: center;
        gap: 6px;
        cursor: pointer;
      }
      .overlay input {
        margin: 0;
        accent-color: var(--fp-accent);
      }
      .failed {
        color: var(--vscode-errorForeground);
        margin: 8px 0;
        line-height: 1.45;
      }
    `,
  ];

  override render() {
    const { store } = this;
    const { result } = store;
    if (!result) return nothing;
    const { layer, head } = store.head;
    const name = `L${layer}H${head}`;
    const folded = store.choices.folded.includes('attention');
    const answer = folded ? null : store.pattern();
    if (answer?.status === 'ready') this.last = { tokens: result.tokens, pattern: answer.value };
    const pattern = this.last?.tokens === result.tokens ? this.last.pattern : null;
    const { nLayer, nHead } = result.model;

    return html`<fp-section .store=${store} name="attention" heading="Attention">
      <span slot="aside">${name}</span>
      <div class="pick">
        <fp-stepper
          label="Layer"
          .value=${layer}
          .count=${nLayer}
          @step=${(event: CustomEvent<number>) =>
            store.choose(stepLayer(store.head, event.detail, result.model))}
          @value=${(event: CustomEvent<number>) => store.choose({ layer: event.detail })}
        ></fp-stepper>
        <fp-stepper
          label="Head"
          .value=${head}
          .count=${nHead}
          @step=${this.headStep}
          @value=${(event: CustomEvent<number>) => store.choose({ head: event.detail })}
        ></fp-stepper>
      </div>
      ${
        answer?.status === 'failed'
          ? html`<p class="failed small" role="alert">
              ${answer.message}
              <button class="link" @click=${() => store.retry('pattern')}>Try again</button>
            </p>`
          : nothing
      }
      ${this.readout(result.tokens, pattern)} ${this.zoomBar(result.tokens.length)}
      <fp-heat-map
        class=${answer?.status === 'loading' ? 'waiting' : ''}
        .pattern=${pattern?.pattern ?? null}
        .labels=${this.labels(result.tokens)}
        .position=${store.position}
        .theme=${this.theme}
        label="Attention of ${name}: query positions down, key positions across"
        @point=${({ detail }: CustomEvent<{ cell: Cell | null; pointing: boolean }>) =>
          store.point(detail.cell, detail.pointing)}
        @choose=${(event: CustomEvent<number>) => void store.select(event.detail)}
        @head=${this.headStep}
        @view=${(event: CustomEvent<ShownView>) => (this.view = event.detail)}
      ></fp-heat-map>
      <div class="foot">
        <fp-scale-legend
          .colors=${Array.from({ length: 33 }, (_, i) => cssColor(heatColor(this.theme, i / 32)))}
          .marks=${marks}
          unit="weight"
        ></fp-scale-legend>
        <div class="future small muted"><i></i>future, not visible</div>
        <label class="overlay small">
          <input
            type="checkbox"
            .checked=${store.choices.overlay}
            @change=${(event: Event) =>
              store.choose({ overlay: (event.target as HTMLInputElement).checked })}
          />
          Show the current row under the tokens
        </label>
      </div>
    </fp-section>`;
  }

  private readout(tokens: readonly InspectedToken[], pattern: AttentionPattern | null) {
    const cell = this.store.pointed;
    if (!cell || !pattern) return html`<p class="readout muted">&nbsp;</p>`;
    const value = pattern.pattern[cell.query * pattern.tokens + cell.key];
    const name = (index: number) =>
      html`<bdi class="token">${displayToken(tokens[index]?.text ?? '')}</bdi
        ><span class="muted number">(${index})</span>`;
    return html`<p class="readout" role="status">
      <span><span class="muted">query</span>${name(cell.query)}</span>
      <span
        ><span class="muted">→ key</span>${name(cell.key)}<b class="number"
          >${value === undefined ? '–' : weight(value)}</b
        ></span
      >
    </p>`;
  }

  private zoomBar(n: number) {
    const { view } = this;
    if (!view || (n <= 32 && view.span === n)) return nothing;
    const range = (first: number) => `${count(first)}–${count(first + view.span - 1)}`;
    const where =
      view.span === n
        ? `all ${count(n)} tokens`
        : `queries ${range(view.query)}, keys ${range(view.key)} of ${count(n)}`;
    const cells = Math.ceil(view.cells);
    return html`<div class="zoom small muted">
      <button
        class="tool"
        title="Closer (+, or Ctrl and wheel)"
        aria-label="Closer"
        @click=${() => this.map.zoomBy(0.6)}
      >
        ${icon('add')}
      </button>
      <button
        class="tool"
        title="Farther (-)"
        aria-label="Farther"
        ?disabled=${view.span === n}
        @click=${() => this.map.zoomBy(1 / 0.6)}
      >
        ${icon('remove')}
      </button>
      <button
        class="tool"
        title="Everything (0)"
        aria-label="Everything"
        ?disabled=${view.span === n}
        @click=${() => this.map.zoomBy(null)}
      >
        ${icon('discard')}
      </button>
      <span
        >${where}${
          view.cells > 1 ? html`; a pixel is the largest of up to ${cells} × ${cells} weights` : ''
        }</span
      >
    </div>`;
  }

  private labels(tokens: readonly InspectedToken[]): string[] {
    if (this.labelled?.tokens !== tokens) {
      this.labelled = { tokens, labels: tokens.map(({ text }) => displayToken(text)) };
    }
    return this.labelled.labels;
  }

  private readonly headStep = (event: CustomEvent<number>) => {
    const { store } = this;
    if (store.result) store.choose(stepHead(store.head, event.detail, store.result.model));
  };
}
