import type { HeadScores } from '../protocol/attention';
import type { HeadPlace } from './headSteps';

/** Each score with what the panel calls it and, for the tooltip, what it is. */
export const scoreWords: readonly (readonly [keyof HeadScores, string, string])[] = [
  [
    'induction',
    'induction',
    'Mean attention to what followed earlier occurrences of the token, where there are any (prefix matching, Olsson et al. 2022)',
  ],
  ['sameToken', 'same token', 'Mean attention to earlier occurrences of the token'],
  ['previousToken', 'previous token', 'Mean attention to the token before'],
  [
    'firstToken',
    'first token',
    'Mean attention to the first token, where heads look that find nothing',
  ],
  ['entropy', 'entropy (bits)', 'Mean entropy of the rows: from how many tokens a head reads'],
];

/** A kind of head, told by a score: the highest, or the lowest. */
export interface HeadKind {
  name: string;
  score: keyof HeadScores;
  lowest?: boolean;
}

/** The kinds that heads are found by, the most telling first. */
export const headKinds: readonly HeadKind[] = [
  { name: 'Induction', score: 'induction' },
  { name: 'Same token', score: 'sameToken' },
  { name: 'Previous token', score: 'previousToken' },
  { name: 'First token', score: 'firstToken' },
  { name: 'Narrowest (bits)', score: 'entropy', lowest: true },
  { name: 'Widest (bits)', score: 'entropy' },
];

export interface ScoredHead extends HeadPlace {
  scores: HeadScores;
}

/** The heads most of a kind, the most so first; heads without the score are left out. */
export function mostOfKind(
  heads: readonly ScoredHead[],
  { score, lowest = false }: HeadKind,
  count: number,
): ScoredHead[] {
  const sign = lowest ? 1 : -1;
  return heads
    .filter(({ scores }) => scores[score] !== null)
    .sort((a, b) => sign * (a.scores[score]! - b.scores[score]!))
    .slice(0, count);
}

export function scoreTitle(score: keyof HeadScores): string {
  return scoreWords.find(([name]) => name === score)![2];
}

/** A score as the panel gives it: entropy in bits. */
export function scoreValue(score: keyof HeadScores, value: number | null): number | null {
  return score === 'entropy' && value !== null ? value / Math.LN2 : value;
}

export function scoreText(score: keyof HeadScores, value: number | null): string {
  return scoreValue(score, value)?.toFixed(2) ?? '–';
}
