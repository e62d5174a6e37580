import { oneOf, type Saved } from './saved';

export interface ChangesChoices {
  /** Changes of a document as they come in it, or the largest first. */
  changeOrder: 'line' | 'size';
}

export const defaultChanges: ChangesChoices = { changeOrder: 'line' };

export function restoreChanges({ changeOrder }: Saved): ChangesChoices {
  return { changeOrder: oneOf(['line', 'size'], changeOrder, defaultChanges.changeOrder) };
}
