import { displayToken } from '../tokenizer/tokenDisplay';
import type { SectionData } from './sectionData';
import type { PatchingRun } from './state/patchingRun';

/** As much of a map of patches as is there; null before the first cell. */
export function patchingData(run: PatchingRun): SectionData | null {
  const { question, baseline, corrupt, rows, columns, restored, difference } = run;
  if (!baseline || !corrupt) return null;
  const { at, result } = question;
  const heads = at === 'heads';
  const known = (value: number) => (Number.isNaN(value) ? null : value);
  const cells = Array.from({ length: rows * columns }, (_, i) => i);
  const matrix = (values: Float32Array) =>
    Array.from({ length: rows }, (_, row) =>
      Array.from(values.subarray(row * columns, (row + 1) * columns), known),
    );
  const named = (tokens: readonly { id: number; text: string }[]) =>
    tokens.map(({ id, text }, index) => ({ index, id, text }));
  return {
    name: `patching-${at}`,
    columns: [
      'layer',
      ...(heads ? ['head'] : ['position', 'clean token', 'corrupted token']),
      'logit difference',
      'restored',
    ],
    rows: cells.map((i) => {
      const [layer, column] = [Math.floor(i / columns), i % columns];
      const where = heads
        ? [column]
        : [
            column,
            displayToken(result.tokens[column]?.text ?? ''),
            displayToken(corrupt.tokens[column]?.text ?? ''),
          ];
      return [layer, ...where, known(difference[i]!), known(restored[i]!)];
    }),
    json: {
      at,
      target: baseline.target,
      versus: baseline.versus,
      clean: { difference: baseline.clean, tokens: named(result.tokens) },
      corrupt: { difference: baseline.corrupt, tokens: named(corrupt.tokens) },
      difference: matrix(difference),
      restored: matrix(restored),
    },
  };
}
