import { html, nothing } from 'lit';
import { customElement, property, query } from 'lit/decorators.js';
import type { Theme } from '../drawing/theme';
import { askDirection, askMap, askNearest, type Subject, subjectOf } from '../embeddingQuestions';
import { directionData, mapData, nearestData } from '../embeddingsData';
import type { SectionData } from '../sectionData';
import type { EmbeddingView } from '../state/choices/embeddings';
import './directionView';
import './mapView';
import type { MapView } from './mapView';
import './nearestView';
import './section';
import './segmented';
import type { Segment } from './segmented';
import { PanelSection } from './panelSection';
import { shared } from './styles';
import { choose } from './vectorPickers';

const views: readonly Segment[] = [
  { value: 'nearest', label: 'Nearest', title: 'Tokens whose vectors are nearest to a sum' },
  { value: 'direction', label: 'Direction', title: 'Tokens along the line between two' },
  { value: 'map', label: 'Map', title: 'Chosen words in two dimensions' },
];

/** The vectors of tokens: what is near, what lies along a direction, and a map. */
@customElement('fp-embedding-section')
export class EmbeddingSection extends PanelSection {
  @property({ attribute: false }) theme!: Theme;
  @query('fp-map-view') private mapView!: MapView | null;

  static override styles = [shared];

  override render() {
    const { store } = this;
    const subject = subjectOf(store);
    if (!subject) return nothing;
    const folded = store.choices.folded.includes('embeddings');
    return html`<fp-section
      .store=${store}
      name="embeddings"
      heading="Embeddings"
      .data=${() => this.data(subject)}
    >
      ${folded ? nothing : this.content()}
    </fp-section>`;
  }

  private content() {
    const { store, theme } = this;
    const { view } = store.choices.embeddings;
    return html`<fp-segmented
        label="What to look at"
        .segments=${views}
        .value=${view}
        @choose=${({ detail }: CustomEvent<EmbeddingView>) => choose(store, { view: detail })}
      ></fp-segmented>
      ${
        view === 'nearest'
          ? html`<fp-nearest-view .store=${store} .theme=${theme}></fp-nearest-view>`
          : view === 'direction'
            ? html`<fp-direction-view .store=${store} .theme=${theme}></fp-direction-view>`
            : html`<fp-map-view .store=${store} .theme=${theme}></fp-map-view>`
      }`;
  }

  private data(subject: Subject): SectionData | null {
    const { store } = this;
    switch (store.choices.embeddings.view) {
      case 'nearest': {
        const answer = askNearest(store, subject);
        return answer.status === 'ready' ? nearestData(answer.value) : null;
      }
      case 'direction': {
        const answer = askDirection(store, subject);
        return answer.status === 'ready' ? directionData(answer.value) : null;
      }
      case 'map': {
        const answer = askMap(store, subject);
        if (answer.status !== 'ready') return null;
        return { ...mapData(answer.value), picture: () => drawing(this.mapView?.picture) };
      }
    }
  }
}

function drawing(svg: string | null | undefined) {
  return svg ? { kind: 'svg' as const, svg } : null;
}
