import type { PatchPlace } from '../../../protocol/patching';
import { asRecord, oneOf, type Saved } from './saved';
import { restoreTokenChoice, type TokenChoice } from './tokenChoice';

/** What is patched where; a text that is null is the inspected one. */
export interface PatchingChoice {
  /** The text, and the inspected one that it was written for (as `textKey` has it). */
  corrupt: { of: string; text: string } | null;
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
  const { of, text } = asRecord(from.corrupt);
  return {
    corrupt: typeof of === 'string' && typeof text === 'string' ? { of, text } : null,
    target: restoreTokenChoice(from.target),
    versus: restoreTokenChoice(from.versus),
    at: oneOf(['residPre', 'attnOut', 'mlpOut', 'heads'], from.at, defaultPatching.at),
  };
}
