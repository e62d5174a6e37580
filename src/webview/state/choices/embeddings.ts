import type { TokenMatrix, VectorMeasure } from '../../../protocol/embeddings';
import { flag, oneOf, type Saved, text } from './saved';

export type EmbeddingView = 'nearest' | 'direction' | 'map';

/** Which vectors of tokens are looked at, and how they are measured. */
export interface EmbeddingChoices {
  view: EmbeddingView;
  /** Null is the current token, whichever that is. */
  expression: string | null;
  from: string;
  to: string;
  /** Of the map, as they were written. */
  words: string;
  matrix: TokenMatrix;
  measure: VectorMeasure;
  finalNorm: boolean;
}

export const defaultEmbeddings: EmbeddingChoices = {
  view: 'nearest',
  expression: null,
  from: 'man',
  to: 'woman',
  words: 'king queen man woman boy girl one two three four London Paris Rome Monday Tuesday Friday',
  matrix: 'embedding',
  measure: 'cosine',
  finalNorm: false,
};

export function restoreEmbeddings(from: Saved): EmbeddingChoices {
  const usual = defaultEmbeddings;
  return {
    view: oneOf(['nearest', 'direction', 'map'], from.view, usual.view),
    expression: text(from.expression),
    from: text(from.from) ?? usual.from,
    to: text(from.to) ?? usual.to,
    words: text(from.words) ?? usual.words,
    matrix: oneOf(['embedding', 'unembedding'], from.matrix, usual.matrix),
    measure: oneOf(['cosine', 'dot'], from.measure, usual.measure),
    finalNorm: flag(from.finalNorm, usual.finalNorm),
  };
}
