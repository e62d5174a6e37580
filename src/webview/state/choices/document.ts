import type { LineMeasure } from '../../../inspection/surprisingLines';
import { oneOf, type Saved } from './saved';

export interface DocumentChoices {
  /** What a document's lines are ordered by. */
  lineOrder: LineMeasure;
}

export const defaultDocument: DocumentChoices = { lineOrder: 'bits' };

export function restoreDocument({ lineOrder }: Saved): DocumentChoices {
  return { lineOrder: oneOf(['bits', 'bitsPerByte'], lineOrder, defaultDocument.lineOrder) };
}
