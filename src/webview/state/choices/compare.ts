import { asRecord, type Saved } from './saved';

/** What the inspection is compared with: a text, or the same text under another model. */
export type ComparedWith =
  { kind: 'text'; text: string; source: string } | { kind: 'model'; folder: string };

export interface CompareChoices {
  /** The text that is compared (as `textKey` has it), and with what. */
  comparison: { of: string; with: ComparedWith } | null;
}

export const defaultCompare: CompareChoices = { comparison: null };

export function restoreCompare(from: Saved): CompareChoices {
  const { of, with: asked } = asRecord(from.comparison);
  const compared = comparedWith(asked);
  return {
    comparison: typeof of === 'string' && compared ? { of, with: compared } : null,
  };
}

function comparedWith(value: unknown): ComparedWith | null {
  const { kind, text, source, folder } = asRecord(value);
  if (kind === 'text' && typeof text === 'string' && typeof source === 'string') {
    return { kind, text, source };
  }
  return kind === 'model' && typeof folder === 'string' ? { kind, folder } : null;
}
