import { html } from 'lit';
import type { TokenMatrix, VectorMeasure } from '../../protocol/embeddings';
import type { Subject } from '../embeddingQuestions';
import type { EmbeddingChoices } from '../state/choices/embeddings';
import type { PanelStore } from '../state/store';
import './segmented';
import type { Segment } from './segmented';

const matrices: readonly Segment[] = [
  { value: 'embedding', label: 'Embedding', title: 'The vectors that tokens enter with' },
  {
    value: 'unembedding',
    label: 'Unembedding',
    title: 'The vectors that the last residual stream is compared with',
  },
];

/** Remembers what was set in the section on embeddings. */
export function choose(store: PanelStore, change: Partial<EmbeddingChoices>): void {
  store.choose({ embeddings: { ...store.choices.embeddings, ...change } });
}

/** Which matrix the vectors are of; said where both are one. */
export function matrixPicker(store: PanelStore, { result }: Subject) {
  if (result.model.tied) {
    return html`<span
      class="small muted"
      title="The unembedding is the transposed embedding matrix: there is one vector for each token"
      >Embedding = unembedding (tied)</span
    >`;
  }
  return html`<fp-segmented
    label="Matrix"
    .segments=${matrices}
    .value=${store.choices.embeddings.matrix}
    @choose=${({ detail }: CustomEvent<TokenMatrix>) => choose(store, { matrix: detail })}
  ></fp-segmented>`;
}

export function measurePicker(store: PanelStore, segments: readonly Segment[]) {
  return html`<fp-segmented
    label="Measure"
    .segments=${segments}
    .value=${store.choices.embeddings.measure}
    @choose=${({ detail }: CustomEvent<VectorMeasure>) => choose(store, { measure: detail })}
  ></fp-segmented>`;
}
