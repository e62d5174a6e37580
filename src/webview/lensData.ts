import type { Lens } from '../protocol/lens';
import { displayToken } from '../tokenizer/tokenDisplay';
import { blockName, streamName } from './lensReading';
import type { SectionData } from './sectionData';
import type { LensMap } from './state/lensMap';

/** The lens at one position, a row for each place in the residual stream. */
export function lensData(lens: Lens): SectionData {
  const { final, actual } = lens;
  const expected = (text: string) => [`${displayToken(text)} probability`, 'rank'];
  return {
    name: `lens-${lens.position}`,
    columns: [
      'after',
      'top token',
      'id',
      'probability',
      'entropy (bits)',
      ...expected(final.text),
      ...(actual ? expected(actual.text) : []),
    ],
    rows: lens.streams.map((stream) => [
      streamName(stream),
      displayToken(stream.top[0]!.text),
      stream.top[0]!.id,
      stream.top[0]!.probability,
      stream.entropy / Math.LN2,
      stream.final.probability,
      stream.final.rank,
      ...(stream.actual ? [stream.actual.probability, stream.actual.rank] : []),
    ]),
    json: lens,
  };
}

/** As much of the table of all positions as is there. */
export function lensMapData(map: LensMap): SectionData {
  const { tokens } = map.result;
  const cells = Array.from({ length: map.columns * map.rows }, (_, i) => {
    // Position by position, as the text is read.
    const [column, row] = [Math.floor(i / map.rows), i % map.rows];
    return { column, row, at: row * map.columns + column };
  }).filter(({ at }) => !Number.isNaN(map.topProbability[at]));
  const cell = (at: number) => ({
    id: map.topIds[at]!,
    text: map.topTexts[at]!,
    probability: map.topProbability[at]!,
    finalProbability: map.finalProbability[at]!,
    klToFinal: map.klToFinal[at]!,
  });
  return {
    name: 'lens',
    columns: [
      'position',
      'token',
      'after',
      'top token',
      'probability',
      'final answer',
      'KL (bits)',
    ],
    rows: cells.map(({ column, row, at }) => [
      column,
      displayToken(tokens[column]!.text),
      blockName(row),
      displayToken(map.topTexts[at]!),
      map.topProbability[at]!,
      map.finalProbability[at]!,
      map.klToFinal[at]! / Math.LN2,
    ]),
    json: {
      tokens: tokens.map(({ index, id, text }) => ({ index, id, text })),
      streams: Array.from({ length: map.rows }, (_, row) => ({
        ...(row === 0 ? { stream: 'residPre', layer: 0 } : { stream: 'residPost', layer: row - 1 }),
        positions: tokens.map((_token, column) => {
          const at = row * map.columns + column;
          return Number.isNaN(map.topProbability[at]) ? null : cell(at);
        }),
      })),
    },
  };
}
