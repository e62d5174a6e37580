import { type ScoredHead, scoreValue, scoreWords } from './headKinds';
import { headName } from './headName';
import type { SectionTable } from './sectionTable';

/** The scores of heads as a table, and as the command line prints them. */
export function headsData(heads: readonly ScoredHead[], tokens: number): SectionTable {
  return {
    name: 'heads',
    columns: ['head', ...scoreWords.map(([, word]) => word)],
    rows: heads.map(({ scores, ...place }) => [
      headName(place),
      ...scoreWords.map(([score]) => scoreValue(score, scores[score])),
    ]),
    json: {
      tokens,
      heads: heads.map(({ scores, ...place }) => ({ name: headName(place), ...place, ...scores })),
    },
  };
}
