import {
  fullBits,
  measureLevels,
  rankBuckets,
  type TokenMeasure,
} from '../../inspection/tokenMeasure';
import { count } from '../numbers';

/** Marks of growing density stand for levels where there is only one colour. */
const marks = ['', '░', '▒', '▓', '█'];

export const measureNames: Record<TokenMeasure, string> = {
  surprisal: 'Surprisal',
  probability: 'Probability',
  rank: 'Rank',
  entropy: 'Entropy',
};

/** Where each level begins, from the second on: the first is not tinted. */
export function levelStarts(measure: TokenMeasure): string[] {
  const levels = Array.from({ length: measureLevels - 1 }, (_, i) => i + 1);
  switch (measure) {
    case 'surprisal':
    case 'entropy':
      return levels.map((level) => String((fullBits * level) / measureLevels));
    case 'probability':
      return levels.map((level) => `${(100 * level) / measureLevels}%`);
    case 'rank':
      return rankBuckets.map((last) => count(last + 1));
  }
}

/** A level's values in words, such as "3 to 6 bits". */
export function levelLabel(measure: TokenMeasure, level: number): string {
  const starts = levelStarts(measure);
  const unit = measure === 'surprisal' || measure === 'entropy' ? ' bits' : '';
  const [from, to] = [starts[level - 1], starts[level]];
  if (measure === 'rank') {
    const last = rankBuckets[level];
    if (last === undefined) return `rank ${from} and beyond`;
    return from === undefined ? `rank ${count(last)}` : `rank ${from} to ${count(last)}`;
  }
  if (from === undefined) return `less than ${to}${unit}`;
  return to === undefined ? `${from}${unit} and more` : `${from} to ${to}${unit}`;
}

/** The legend in one line: a mark for each tinted level, and where it begins. */
export function legendText(measure: TokenMeasure): string {
  const levels = levelStarts(measure).map((from, i) => `${marks[i + 1]}\u2009${from}`);
  const unit = measure === 'surprisal' || measure === 'entropy' ? ' bits' : '';
  return `${measureNames[measure]}: ${levels.join(' ')}${unit}`;
}

/** The theme colour of a level, as package.json contributes it. */
export function levelColor(measure: TokenMeasure, level: number): string {
  return `forwardPass.${measure}${level}Background`;
}
