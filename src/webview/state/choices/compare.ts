import { asRecord, type Saved } from './saved';

/** What the inspection is compared with: a text, or the same text under another model. */
export type ComparedWith =
  { kind: 'text'; text: string; source: string } | { kind: 'model'; folder: string };

export interface CompareChoices {
  /** The inspection that is compared, by its serial, and with what. */
  comparison: { serial: number; with: ComparedWith } | null;
}

export const defaultCompare: CompareChoices = { comparison: null };

export function restoreCompare(from: Saved): CompareChoices {
  const { serial, with: asked } = asRecord(from.comparison);
  const compared = comparedWith(asked);
  return {
    comparison: typeof serial === 'number' && compared ? { serial, with: compared } : null,
  };
}

function comparedWith(value: unknown): ComparedWith | null {
  const { kind, text, source, folder } = asRecord(value);
  if (kind === 'text' && typeof text === 'string' && typeof source === 'string') {
    return { kind, text, source };
  }
  return kind === 'model' && typeof folder === 'string' ? { kind, folder } : null;
}
