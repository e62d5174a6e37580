import { css, html, nothing } from 'lit';
import { customElement, property, query, state } from 'lit/decorators.js';
import type { Inspection } from '../../protocol/inspection';
import type { Lens } from '../../protocol/lens';
import { displayToken } from '../../tokenizer/tokenDisplay';
import type { Theme } from '../drawing/theme';
import { count, percent } from '../format';
import { bestActual, decision, streamName } from '../lensReading';
import { lensData, lensMapData } from '../lensData';
import type { SectionData } from '../sectionData';
import type { LensColor } from '../state/choices/lens';
import { LensMap } from '../state/lensMap';
import { failedAnswer, failureStyles } from './failure';
import './lensChart';
import type { LensChart } from './lensChart';
import './lensLadder';
import './lensMapView';
import type { LensMapView } from './lensMapView';
import './section';
import './segmented';
import type { Segment } from './segmented';
import { PanelSection } from './panelSection';
import { shared } from './styles';

const views: readonly Segment[] = [
  { value: 'position', label: 'This token', title: 'Every layer at the current token' },
  { value: 'all', label: 'All tokens', title: 'The likeliest token after each layer, everywhere' },
];

/** What the model would predict if it ended earlier: when it made up its mind. */
@customElement('fp-lens-section')
export class LensSection extends PanelSection {
  @property({ attribute: false }) theme!: Theme;
  @query('fp-lens-chart') private chart!: LensChart | null;
  @query('fp-lens-map') private mapView!: LensMapView | null;
  @state() private pointed: number | null = null;
  /** Stays on show until the next token's is there. */
  private last: { result: Inspection; lens: Lens } | null = null;
  private map: LensMap | null = null;
  /** Somebody stopped it: it does not go on by itself. */
  @state() private paused = false;

  static override styles = [
    shared,
    failureStyles,
    css`
      fp-segmented {
        margin-bottom: 8px;
      }
      .summary {
        margin-bottom: 6px;
        line-height: 1.45;
      }
      @media (max-width: 560px) {
        .summary {
          min-height: 2.9em;
        }
      }
      .waiting {
        opacity: 0.5;
      }
      fp-lens-chart {
        margin-bottom: 10px;
      }
    `,
  ];

  override render() {
    const { store } = this;
    const { result, position } = store;
    const token = result?.tokens[position ?? -1];
    if (!result || !token) return nothing;
    const { lensView } = store.choices;
    return html`<fp-section .store=${store} name="lens" heading="Logit lens" .data=${this.data}>
      <span slot="aside"
        >${
          lensView === 'position'
            ? html`after <bdi class="token">${displayToken(token.text)}</bdi>`
            : 'all tokens'
        }</span
      >
      <fp-segmented
        label="Show"
        .segments=${views}
        .value=${lensView}
        @choose=${({ detail }: CustomEvent<'position' | 'all'>) =>
          store.choose({ lensView: detail })}
      ></fp-segmented>
      ${lensView === 'position' ? this.atPosition(result, token.index) : this.everywhere(result)}
    </fp-section>`;
  }

  private get isFolded(): boolean {
    return this.store.choices.folded.includes('lens');
  }

  private atPosition(result: Inspection, position: number) {
    const { store } = this;
    const topK = store.state?.settings.topK ?? 10;
    const answer = this.isFolded ? null : store.ask('lens', { run: result.run, position, topK });
    if (answer?.status === 'ready') this.last = { result, lens: answer.value };
    if (answer?.status === 'failed') return failedAnswer(store, 'lens', answer);
    const lens = this.last?.result === result ? this.last.lens : null;
    if (!lens) return html`<p class="summary small muted">Reading the layers…</p>`;
    const { decided } = decision(lens);
    const point = ({ detail }: CustomEvent<number | null>) => (this.pointed = detail);
    return html`<div class=${answer?.status === 'ready' ? '' : 'waiting'}>
      <p class="summary small muted" role="status">${summary(lens)}</p>
      <fp-lens-chart
        .lens=${lens}
        .decided=${decided}
        .pointed=${this.pointed}
        @point=${point}
      ></fp-lens-chart>
      <fp-lens-ladder
        .lens=${lens}
        .decided=${decided}
        .pointed=${this.pointed}
        @point=${point}
      ></fp-lens-ladder>
    </div>`;
  }

  private everywhere(result: Inspection) {
    const { store } = this;
    const map = this.mapOf(result);
    const missing = this.isFolded || this.paused ? null : map.advance(store.position ?? 0);
    return html`<fp-lens-map
      .map=${map}
      .known=${map.known}
      .missing=${missing}
      .position=${store.position}
      .color=${store.choices.lensColor}
      .theme=${this.theme}
      @color=${({ detail }: CustomEvent<LensColor>) => store.choose({ lensColor: detail })}
      @choose=${({ detail }: CustomEvent<number>) => void store.select(detail)}
      @stop=${() => (this.paused = true)}
      @resume=${() => {
        this.paused = false;
        store.retry('lensTable');
      }}
    ></fp-lens-map>`;
  }

  private mapOf(result: Inspection): LensMap {
    if (this.map?.result !== result) {
      this.paused = false;
      this.map = new LensMap(result, (params) => this.store.ask('lensTable', params));
    }
    return this.map;
  }

  private readonly data = (): SectionData | null => {
    const { result, choices } = this.store;
    if (choices.lensView === 'all') {
      if (!this.map || this.map.result !== result) return null;
      const data = lensMapData(this.map);
      return {
        ...data,
        choose: (row) => void this.store.select(Number(data.rows[row]![0])),
        picture: () => this.mapView?.picture() ?? null,
      };
    }
    if (this.last?.result !== result) return null;
    return {
      ...lensData(this.last.lens),
      picture: () => this.chart?.picture() ?? null,
    };
  };
}

/** When the answer came up, in a sentence or two. */
function summary(lens: Lens) {
  const { streams, final, actual } = lens;
  const { first, decided } = decision(lens);
  const name = (text: string) => html`<bdi class="token">${displayToken(text)}</bdi>`;
  const at = (i: number) => streamName(streams[i]!);
  const best = bestActual(lens);
  const last = streams.at(-1)!.final.probability;
  const came = actual !== null && actual.id !== final.id ? actual : null;
  return html`${name(final.text)} (${percent(last)} in the
  end${actual && !came ? ', and what came' : nothing}) leads for good from ${at(decided)}
  on${first < decided ? html`; it first led after ${at(first)}` : nothing}.
  ${
    came
      ? html`The text went on with ${name(came.text)}: its best rank is
        ${count(streams[best]!.actual!.rank)}, after ${at(best)}.`
      : nothing
  }`;
}
