import type {
  ChangedHunk,
  ChangedTokens,
  ChangesFigures,
  DocumentChanges,
} from '../protocol/documentChanges';
import type { InspectedToken } from '../protocol/inspection';
import { baseNames } from './changeWords';
import { comparedTexts, type ComparedSide, type ComparedTexts } from './comparedTexts';
import type { SectionTable } from './sectionTable';

/** Every hunk as a row. */
export function changesTable(
  { source, base }: DocumentChanges,
  figures: ChangesFigures,
  hunks: readonly ChangedHunk[],
): SectionTable {
  return {
    name: 'changes',
    columns: [
      'line',
      'lines before',
      'lines now',
      'bits before',
      'bits now',
      'difference',
      'knock-on',
      'unchanged tokens',
      'words',
    ],
    rows: hunks.map((hunk) => [
      hunk.linesAfter.line,
      hunk.linesBefore.count,
      hunk.linesAfter.count,
      hunk.bitsBefore,
      hunk.bitsAfter,
      hunk.difference,
      hunk.knockOn,
      hunk.knockOnTokens,
      hunk.words,
    ]),
    json: { source, comparedWith: baseNames[base], ...figures, hunks },
  };
}

/** A hunk's tokens, and those around it, as texts to compare. */
export function comparedHunk(
  model: ChangesFigures['model'],
  { before, after }: { before: ChangedTokens; after: ChangedTokens },
): ComparedTexts<ComparedSide> {
  return comparedTexts<ComparedSide>(
    { model, tokens: tokensOf(before) },
    { model, tokens: tokensOf(after) },
  );
}

function tokensOf(columns: ChangedTokens): InspectedToken[] {
  const { ids, texts, byteLengths, logprobs, ranks, topIds, topTexts } = columns;
  return texts.map((text, index) => {
    const known = ranks[index] !== 0;
    // What was expected in the next one's place belongs to this one.
    const next = index + 1;
    const top =
      next < texts.length && ranks[next] !== 0
        ? [{ id: topIds[next]!, text: topTexts[next]!, logprob: NaN }]
        : [];
    return {
      index,
      id: ids[index]!,
      text,
      bytes: new Array<number>(byteLengths[index]!).fill(0),
      start: 0,
      end: 0,
      special: byteLengths[index] === 0,
      logprob: known ? logprobs[index]! : null,
      rank: known ? ranks[index]! : null,
      entropy: null,
      top,
    };
  });
}
