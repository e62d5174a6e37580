import { css, html, nothing } from 'lit';
import { customElement, property, query, state } from 'lit/decorators.js';
import type { AttentionPattern } from '../../protocol/attention';
import type { InspectedToken } from '../../protocol/inspection';
import { cssColor } from '../drawing/color';
import { heatColor } from '../drawing/heatScale';
import type { Theme } from '../drawing/theme';
import { stepHead, stepLayer } from '../headSteps';
import type { Cell } from '../state/store';
import { displayToken } from '../../tokenizer/tokenDisplay';
import type { HeatMap, ShownView } from './heatMap';
import './cellReadout';
import './heatMap';
import './scaleLegend';
import './section';
import './stepper';
import { StoreElement } from './storeElement';
import { shared } from './styles';
import './zoomBar';

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
      fp-heat-map.waiting {
        opacity: 0.5;
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
        padding-left: 8px;
        border-left: 2px solid var(--vscode-errorForeground);
        color: var(--vscode-foreground);
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
              <button class="link" @click=${() => store.retry('attention')}>Try again</button>
            </p>`
          : nothing
      }
      <fp-cell-readout
        .cell=${store.pointed}
        .tokens=${result.tokens}
        .pattern=${answer?.status === 'ready' ? answer.value.pattern : null}
      ></fp-cell-readout>
      <fp-zoom-bar
        .view=${this.view}
        .count=${result.tokens.length}
        @zoom=${(event: CustomEvent<number | null>) => this.map.zoomBy(event.detail)}
      ></fp-zoom-bar>
      <fp-heat-map
        class=${answer?.status === 'ready' ? '' : 'waiting'}
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
