import { oneOf, type Saved } from './saved';

/** What the cells of the lens table are coloured by. */
export type LensColor = 'probability' | 'final' | 'kl';

export interface LensChoices {
  /** The lens shows the current position, or all. */
  lensView: 'position' | 'all';
  lensColor: LensColor;
}

export const defaultLens: LensChoices = { lensView: 'position', lensColor: 'probability' };

export function restoreLens(from: Saved): LensChoices {
  return {
    lensView: oneOf(['position', 'all'], from.lensView, defaultLens.lensView),
    lensColor: oneOf(['probability', 'final', 'kl'], from.lensColor, defaultLens.lensColor),
  };
}
