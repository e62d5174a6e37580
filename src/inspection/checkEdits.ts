import type { GptConfig } from '../gpt/config';
import type { Edit, PatternRow } from '../protocol/interventions';
import { UserError } from '../protocol/userError';
import { checkHead, checkLayer, checkPosition, firstSeen } from './places';

/** How far the sum of given weights may be from 1. */
const tolerance = 1e-3;

/**
 * Checks edits that may come from a file that a person wrote.
 *
 * @param n tokens of the run.
 * @throws {UserError} for the first that cannot be made.
 */
export function checkEdits(edits: readonly Edit[], config: GptConfig, n: number): void {
  if (!Array.isArray(edits) || edits.length === 0) {
    throw new UserError('There is nothing to change: name at least one edit.');
  }
  for (const edit of edits as readonly Edit[]) checkEdit(edit, config, n);
}

function checkEdit(edit: Edit, config: GptConfig, n: number): void {
  switch (edit?.kind) {
    case 'ablateHead':
      checkHead(config, edit.layer, edit.head);
      return checkAblation(edit.by);
    case 'ablateMlp':
      checkLayer(config, edit.layer);
      return checkAblation(edit.by);
    case 'scaleHead':
      checkHead(config, edit.layer, edit.head);
      return checkFactor(edit.factor);
    case 'scaleAttention':
      checkLayer(config, edit.layer);
      return checkFactor(edit.factor);
    case 'setPatternRow':
      checkHead(config, edit.layer, edit.head);
      checkPosition(n, edit.query);
      return checkRow(edit.to, edit.query, firstSeen(config, edit.layer, edit.query));
    case 'steer': {
      checkLayer(config, edit.layer);
      checkFactor(edit.factor);
      checkPosition(n, edit.from);
      const { between, plus, minus } = edit.direction ?? {};
      const known = between === 'tokens' || between === 'prompts';
      if (known && typeof plus === 'string' && typeof minus === 'string') return;
      throw new UserError(
        'A steering direction needs "between" ("tokens" or "prompts"), "plus" and "minus".',
      );
    }
    default:
      throw new UserError(
        `There is no edit "${String((edit as Edit | null)?.kind)}": use ablateHead, ablateMlp, ` +
          'scaleHead, scaleAttention, setPatternRow or steer.',
      );
  }
}

function checkAblation(by: string): void {
  if (by === 'zero' || by === 'mean') return;
  throw new UserError(`Ablate by "zero" or by "mean", not by "${String(by)}".`);
}

function checkFactor(factor: number): void {
  if (typeof factor === 'number' && Number.isFinite(factor)) return;
  throw new UserError(`A factor must be a finite number, not ${String(factor)}.`);
}

/** @param first the first token that the query sees. */
function checkRow(row: PatternRow, query: number, first: number): void {
  switch (row?.rule) {
    case 'uniform':
      return;
    case 'only':
    case 'without':
      if (Number.isInteger(row.key) && row.key >= first && row.key <= query) return;
      throw unseen(row.key, query, first);
    case 'weights':
      return checkWeights(row.weights, query, first);
    default:
      throw new UserError(
        'A row of an attention pattern is set by "only", "uniform", "without" or "weights", not ' +
          `by "${String((row as PatternRow | null)?.rule)}".`,
      );
  }
}

function unseen(key: number, query: number, first: number): UserError {
  return new UserError(
    `Token ${query} cannot look at token ${key}: it sees tokens ${first} to ${query} only.`,
  );
}

function checkWeights(weights: readonly number[], query: number, first: number): void {
  if (!Array.isArray(weights) || weights.length !== query + 1) {
    throw new UserError(
      `Token ${query} sees ${query + 1} tokens, so its row needs ${query + 1} weights, not ` +
        `${Array.isArray(weights) ? weights.length : 'none'}.`,
    );
  }
  const wrong = (weights as readonly number[]).find((weight) => !(weight >= 0 && weight <= 1));
  if (wrong !== undefined) {
    throw new UserError(`Attention weights are numbers from 0 to 1, not ${String(wrong)}.`);
  }
  const far = (weights as readonly number[]).findIndex((weight) => weight > 0);
  if (far >= 0 && far < first) throw unseen(far, query, first);
  const sum = (weights as readonly number[]).reduce((total, weight) => total + weight, 0);
  if (Math.abs(sum - 1) > tolerance) {
    throw new UserError(
      `The weights of a row of attention must sum to 1, and these sum to ${Number(sum.toPrecision(4))}.`,
    );
  }
}
