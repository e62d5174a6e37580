import type { Saved } from './saved';
import { restoreTokenChoice, type TokenChoice } from './tokenChoice';

/** Whose logit is attributed, and less whose. */
export interface AttributionChoices {
  /** Null is the likeliest token. */
  attributionTarget: TokenChoice | null;
  /** Null is none. */
  attributionVersus: TokenChoice | null;
}

export const defaultAttribution: AttributionChoices = {
  attributionTarget: null,
  attributionVersus: null,
};

export function restoreAttribution(from: Saved): AttributionChoices {
  return {
    attributionTarget: restoreTokenChoice(from.attributionTarget),
    attributionVersus: restoreTokenChoice(from.attributionVersus),
  };
}
