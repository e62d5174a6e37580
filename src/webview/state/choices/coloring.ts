import type { TokenColoring } from '../../../protocol/panel';
import { oneOf, type Saved } from './saved';

/** What the tokens of the text are coloured by. */
export interface ColoringChoices {
  coloring: TokenColoring;
}

export const defaultColoring: ColoringChoices = { coloring: 'surprisal' };

const colorings: readonly TokenColoring[] = ['surprisal', 'probability', 'rank', 'entropy', 'none'];

export function restoreColoring({ coloring }: Saved): ColoringChoices {
  return { coloring: oneOf(colorings, coloring, defaultColoring.coloring) };
}
