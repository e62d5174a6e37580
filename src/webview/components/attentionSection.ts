import { css, html, nothing } from 'lit';
import { customElement, property, query, state } from 'lit/decorators.js';
import type { AttentionPattern } from '../../protocol/attention';
import type { InspectedToken } from '../../protocol/inspection';
import { attentionData } from '../attentionData';
import { lineOpacity } from '../drawing/attentionLines';
import { cssColor } from '../drawing/color';
import { heatColor } from '../drawing/heatScale';
import type { Theme } from '../drawing/theme';
import { peakOf, plainScale, weightMarks, type WeightScale } from '../drawing/weightScale';
import { counted, listed } from '../format';
import { headName } from '../headName';
import { stepHead } from '../headSteps';
import type { SectionData } from '../sectionData';
import type { Overlay } from '../state/choices/attention';
import type { Cell } from '../state/store';
import { displayToken } from '../../tokenizer/tokenDisplay';
import './attentionControls';
import './attentionLines';
import './cellReadout';
import { failedAnswer, failureStyles } from './failure';
import './heatMap';
import type { HeatMap, ShownView } from './heatMap';
import './scaleLegend';
import './section';
import './segmented';
import type { Segment } from './segmented';
import { PanelSection } from './panelSection';
import { shared } from './styles';
import './zoomBar';

const overlays: readonly Segment[] = [
  { value: 'from', label: 'From', title: 'What the current token looks at: its row' },
  { value: 'to', label: 'To', title: 'Which tokens look at the current one: its column' },
  { value: 'none', label: 'Off', title: 'No bars under the tokens' },
];

/** A pattern that is on show, and what it is of. */
interface ShownPattern {
  tokens: readonly InspectedToken[];
  answer: AttentionPattern;
  name: string;
}

/** Where one head looked, or the heads of a layer together: as a heat map, or as lines. */
@customElement('fp-attention-section')
export class AttentionSection extends PanelSection {
  @property({ attribute: false }) theme!: Theme;
  @state() private view: ShownView | null = null;
  @query('fp-heat-map') private map!: HeatMap | null;

  /** Stays on show until the pattern of the next head is there. */
  private last: ShownPattern | null = null;
  private labelled: { tokens: readonly InspectedToken[]; labels: string[] } | null = null;
  /** Kept, so that nothing is drawn anew when nothing changed. */
  private scaled: { pattern: Float32Array | null; scale: WeightScale } | null = null;

  static override styles = [
    shared,
    failureStyles,
    css`
      .waiting {
        opacity: 0.5;
      }
      .foot {
        display: flex;
        flex-wrap: wrap;
        align-items: flex-start;
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
        line-height: 1.3;
        margin-top: -2px;
      }
      .future i {
        flex: none;
        width: 14px;
        height: 10px;
        margin-top: 2px;
        border: 1px dashed var(--fp-muted);
      }
      .overlay {
        display: flex;
        flex: 1 1 100%;
        align-items: center;
        gap: 8px;
      }
      .overlay fp-segmented {
        flex: 0 1 140px;
      }
    `,
  ];

  override render() {
    const { store } = this;
    const { result } = store;
    if (!result) return nothing;
    const { tokens } = result;
    const folded = store.choices.folded.includes('attention');
    const answer = folded ? null : store.pattern();
    if (answer?.status === 'ready') {
      this.last = { tokens, answer: answer.value, name: headName(store.attention) };
    }
    const shown = this.last?.tokens === tokens ? this.last : null;
    const pattern = shown?.answer.pattern ?? null;
    const scale = this.scaleOf(pattern, tokens.length);

    return html`<fp-section
      .store=${store}
      name="attention"
      heading="Attention"
      .data=${() => this.data(shown)}
    >
      <span slot="aside">${headName(store.attention)}</span>
      <fp-attention-controls .store=${store}></fp-attention-controls>
      ${failedAnswer(store, 'attention', answer)}
      ${
        store.choices.attentionView === 'map'
          ? this.heatMap(pattern, scale, answer?.status === 'ready')
          : this.lines(pattern, scale, answer?.status === 'ready')
      }
      <div class="foot">
        <fp-scale-legend
          .colors=${this.ramp(scale)}
          .marks=${weightMarks(scale)}
          unit=${store.attention.weighted ? '‖α · v W_O‖' : 'weight'}
        ></fp-scale-legend>
        <div class="future small muted" title=${windowMeaning(scale)}>
          ${store.choices.attentionView === 'map' ? html`<i></i>` : nothing}${this.unseen(scale)}
        </div>
        <div class="overlay small">
          <span class="muted">Under the tokens</span>
          <fp-segmented
            label="Attention under the tokens"
            .segments=${overlays}
            .value=${store.choices.overlay}
            @choose=${(event: CustomEvent<Overlay>) => store.choose({ overlay: event.detail })}
          ></fp-segmented>
        </div>
      </div>
    </fp-section>`;
  }

  private unseen({ firstKey, window }: WeightScale): string {
    const lines = this.store.choices.attentionView === 'lines';
    const parts = [
      ...(lines ? [] : ['future']),
      ...(firstKey > 0 ? ['first token'] : []),
      ...(window < Infinity ? [`beyond the window of ${counted(window, 'token')}`] : []),
    ];
    if (parts.length === 0) return '';
    return `${listed(parts)}, ${firstKey > 0 || lines ? 'not shown' : 'not visible'}`;
  }

  /** How many tokens the queries on show see; rollout follows what went through other layers too. */
  private get window(): number {
    const { store } = this;
    const { model, tokens } = store.result!;
    const { layer, head } = store.attention;
    const window = head === 'rollout' ? null : model.attentionWindow[layer];
    return window && window < tokens.length ? window : Infinity;
  }

  private heatMap(pattern: Float32Array | null, scale: WeightScale, ready: boolean) {
    const { store } = this;
    const { tokens } = store.result!;
    return html`<fp-cell-readout
        .cell=${store.pointed}
        .tokens=${tokens}
        .pattern=${ready ? pattern : null}
        .window=${scale.window}
      ></fp-cell-readout>
      <fp-zoom-bar
        .view=${this.view}
        .count=${tokens.length}
        @zoom=${(event: CustomEvent<number | null>) => this.map?.zoomBy(event.detail)}
      ></fp-zoom-bar>
      <fp-heat-map
        class=${ready ? '' : 'waiting'}
        .pattern=${pattern}
        .labels=${this.labels(tokens)}
        .position=${store.position}
        .scale=${scale}
        .theme=${this.theme}
        label="Attention of ${headName(store.attention)}: query positions down, key positions across"
        @point=${({ detail }: CustomEvent<{ cell: Cell | null; pointing: boolean }>) =>
          store.point(detail.cell, detail.pointing)}
        @choose=${this.chosen}
        @head=${this.headStep}
        @view=${(event: CustomEvent<ShownView>) => (this.view = event.detail)}
      ></fp-heat-map>`;
  }

  private lines(pattern: Float32Array | null, scale: WeightScale, ready: boolean) {
    const { store } = this;
    return html`<fp-attention-lines
      class=${ready ? '' : 'waiting'}
      .pattern=${pattern}
      .labels=${this.labels(store.result!.tokens)}
      .position=${store.position}
      .scale=${scale}
      .theme=${this.theme}
      label="Attention of ${headName(store.attention)} as lines"
      @choose=${this.chosen}
      @head=${this.headStep}
    ></fp-attention-lines>`;
  }

  private scaleOf(pattern: Float32Array | null, n: number): WeightScale {
    const { hideFirst, weighted, logarithmic } = this.store.choices;
    const firstKey = hideFirst ? 1 : 0;
    const { window } = this;
    const before = this.scaled;
    if (
      before?.pattern === pattern &&
      before.scale.window === window &&
      before.scale.firstKey === firstKey &&
      before.scale.logarithmic === logarithmic
    ) {
      return before.scale;
    }
    // Every first row is 1: without another weighting and with all keys on show, so is the peak.
    const own = pattern && (weighted || hideFirst) ? peakOf(pattern, n, firstKey) : 1;
    const scale = { ...plainScale, peak: own > 0 ? own : 1, firstKey, logarithmic, window };
    this.scaled = { pattern, scale };
    return scale;
  }

  /** Colours of a map; lines are of one colour, more or less opaque. */
  private ramp(scale: WeightScale): string[] {
    const map = this.store.choices.attentionView === 'map';
    return Array.from({ length: 33 }, (_, i) => {
      if (map) return cssColor(heatColor(this.theme, i / 32));
      const share = (lineOpacity(i / 32, scale, false) * 100).toFixed(1);
      return `color-mix(in srgb, var(--fp-accent) ${share}%, transparent)`;
    });
  }

  private labels(tokens: readonly InspectedToken[]): string[] {
    if (this.labelled?.tokens !== tokens) {
      this.labelled = { tokens, labels: tokens.map(({ text }) => displayToken(text)) };
    }
    return this.labelled.labels;
  }

  private data(shown: ShownPattern | null): SectionData | null {
    const { store } = this;
    if (!shown || store.position === null) return null;
    const { layer, head, weighted } = store.attention;
    const { window } = this;
    const about = {
      layer,
      head,
      ...(weighted ? { weighted } : {}),
      ...(window < Infinity ? { window } : {}),
    };
    const { pattern } = shown.answer;
    return {
      ...attentionData(shown.name, about, shown.tokens, pattern, store.position, window),
      choose: (row) => void store.select(row),
      chosen: store.position,
      picture: () => {
        const canvas = this.map?.renderRoot.querySelector('canvas');
        return canvas ? { kind: 'png', canvas } : null;
      },
    };
  }

  private readonly chosen = (event: CustomEvent<number>) => void this.store.select(event.detail);

  private readonly headStep = (event: CustomEvent<number>) => {
    const { store } = this;
    if (!store.result) return;
    store.choose({ ...stepHead(store.head, event.detail, store.result.model), heads: 'one' });
  };
}

function windowMeaning({ window }: WeightScale): string {
  return window < Infinity
    ? `In this layer a query sees ${counted(window, 'token')}, its own included`
    : '';
}
