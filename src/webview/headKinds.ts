import type { HeadScores } from '../protocol/attention';
import type { HeadPlace } from './headSteps';

/** A kind of head: which score tells it, and what that is. */
export interface HeadKind {
  name: string;
  score: keyof HeadScores;
  /** The head of the kind has the lowest score, not the highest. */
  lowest?: boolean;
  /** What the score is, for the tooltip. */
  title: string;
}

/** The kinds that heads are found by, the most telling first. */
export const headKinds: readonly HeadKind[] = [
  {
    name: 'Induction',
    score: 'induction',
    title:
      'Looks at what followed earlier occurrences of the token (prefix matching, Olsson et al. 2022): mean attention to these tokens, where the token has come before',
  },
  {
    name: 'Same token',
    score: 'sameToken',
    title:
      'Looks at earlier occurrences of the token: mean attention to these, where there are any',
  },
  {
    name: 'Previous token',
    score: 'previousToken',
    title: 'Looks at the token before: mean attention to it',
  },
  {
    name: 'First token',
    score: 'firstToken',
    title: 'Looks at the first token, as heads do that find nothing: mean attention to it',
  },
  {
    name: 'Narrowest',
    score: 'entropy',
    lowest: true,
    title: 'Looks at few tokens: the lowest mean entropy of its rows, in bits',
  },
  {
    name: 'Widest',
    score: 'entropy',
    title: 'Looks at many tokens: the highest mean entropy of its rows, in bits',
  },
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

/** A score as the panel writes it: entropy in bits. */
export function scoreText(score: keyof HeadScores, value: number | null): string {
  if (value === null) return '–';
  return (score === 'entropy' ? value / Math.LN2 : value).toFixed(2);
}
