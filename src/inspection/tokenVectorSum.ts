import type { Model } from '../gpt/model';
import { tokenVectors } from '../gpt/probes/tokenVectors';
import type { ReadTerm, TokenMatrix } from '../protocol/embeddings';
import { UserError } from '../protocol/userError';
import type { Tokenizer } from '../tokenizer/tokenizer';
import { namedToken } from './namedToken';
import { parseTokenExpression } from './tokenExpression';

/** What names are read with. */
export interface TokenNames {
  tokenizer: Tokenizer;
  vocabSize: number;
  textOf: (id: number) => string;
}

/** A sum of token vectors, and how it was understood. */
export interface VectorSum {
  terms: ReadTerm[];
  vector: Float64Array; // [nEmbd]
  /** Σ |coefficient| · ‖vector‖: what the sum's length is to be seen against. */
  extent: number;
}

/**
 * The tokens of an expression such as `king - man + woman`.
 *
 * @throws {UserError} that names the character, from 1, where a term is missing, unknown or several
 *   tokens.
 */
export async function readTokenExpression(
  expression: string,
  { tokenizer, vocabSize, textOf }: TokenNames,
): Promise<ReadTerm[]> {
  const terms: ReadTerm[] = [];
  for (const { coefficient, name, start, end } of parseTokenExpression(expression)) {
    const id = await namedToken(name, tokenizer, vocabSize).catch((error: unknown) => {
      if (!(error instanceof UserError)) throw error;
      throw new UserError(`Character ${start + 1}: ${error.message}`, { cause: error });
    });
    terms.push({ coefficient, id, text: textOf(id), start, end });
  }
  return terms;
}

/** The sum of the terms' vectors, in float64. */
export async function vectorSum(
  model: Model,
  matrix: TokenMatrix,
  terms: ReadTerm[],
): Promise<VectorSum> {
  const { nEmbd } = model.config;
  const rows = await tokenVectors(
    model,
    matrix,
    terms.map(({ id }) => id),
  );
  const vector = new Float64Array(nEmbd);
  let extent = 0;
  for (const [i, { coefficient }] of terms.entries()) {
    const row = rows.subarray(i * nEmbd, (i + 1) * nEmbd);
    extent += Math.abs(coefficient) * Math.hypot(...row);
    row.forEach((value, k) => (vector[k]! += coefficient * value));
  }
  return { terms, vector, extent };
}

/** Whether a difference of vectors is nothing but what rounding left of it. */
export function isNothing(length: number, extent: number): boolean {
  return length <= 1e-6 * extent;
}
