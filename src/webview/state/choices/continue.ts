import { type Saved, whole } from './saved';

/** How the text is gone on with, and what came of it. */
export interface ContinueChoices {
  /** Tokens that a continuation adds. */
  continueCount: number;
  /** Of the next sample. */
  continueSeed: number;
  beamWidth: number;
  /** The trees of continuations of the text on show, as they are saved. */
  continuations: unknown;
}

export const defaultContinue: ContinueChoices = {
  continueCount: 20,
  continueSeed: 1,
  beamWidth: 4,
  continuations: null,
};

export function restoreContinue(from: Saved): ContinueChoices {
  const usual = defaultContinue;
  return {
    continueCount: whole(from.continueCount, 1) ?? usual.continueCount,
    continueSeed: whole(from.continueSeed, 0) ?? usual.continueSeed,
    beamWidth: whole(from.beamWidth, 1) ?? usual.beamWidth,
    continuations: from.continuations ?? usual.continuations,
  };
}
