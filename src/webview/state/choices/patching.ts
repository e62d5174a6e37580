import type { PatchPlace } from '../../../protocol/patching';
import { asRecord, oneOf, type Saved } from './saved';
import { restoreTokenChoice, type TokenChoice } from './tokenChoice';

/** What is patched where; a text that is null is the inspected one. */
export interface PatchingChoice {
  /** The inspection's serial that the text was written for, and the text. */
  corrupt: { serial: number; text: string } | null;
  /** Null is the likeliest token after the clean text. */
  target: TokenChoice | null;
  /** Null is the likeliest token after the corrupted text. */
  versus: TokenChoice | null;
  at: PatchPlace | 'heads';
}

export const defaultPatching: PatchingChoice = {
  corrupt: null,
  target: null,
  versus: null,
  at: 'residPre',
};

export function restorePatching(from: Saved): PatchingChoice {
  const { serial, text } = asRecord(from.corrupt);
  return {
    corrupt: typeof serial === 'number' && typeof text === 'string' ? { serial, text } : null,
    target: restoreTokenChoice(from.target),
    versus: restoreTokenChoice(from.versus),
    at: oneOf(['residPre', 'attnOut', 'mlpOut', 'heads'], from.at, defaultPatching.at),
  };
}
