import type { GptConfig } from '../gpt/config';
import { UserError } from '../protocol/userError';

/** @throws {UserError} where the model has no such layer. */
export function checkLayer({ nLayer }: GptConfig, layer: number): void {
  if (isIndex(layer, nLayer)) return;
  throw new UserError(`There is no layer ${layer}: the model has layers 0 to ${nLayer - 1}.`);
}

/** @throws {UserError} where the model has no such head. */
export function checkHead(config: GptConfig, layer: number, head: number): void {
  checkLayer(config, layer);
  if (isIndex(head, config.nHead)) return;
  throw new UserError(`There is no head ${head}: each layer has heads 0 to ${config.nHead - 1}.`);
}

/** @throws {UserError} where the text has no such position. */
export function checkPosition(n: number, position: number): void {
  if (isIndex(position, n)) return;
  throw new UserError(`There is no token ${position}: the text has ${n}, from 0.`);
}

/** @throws {UserError} where the vocabulary has no such id. */
export function checkTokenId({ vocabSize }: GptConfig, id: number): void {
  if (isIndex(id, vocabSize)) return;
  throw new UserError(`There is no token ${id}: ids go from 0 to ${vocabSize - 1}.`);
}

/** The first position that a query of a layer sees: its window, where it has one, ends there. */
export function firstSeen({ attentionWindow }: GptConfig, layer: number, query: number): number {
  return Math.max(0, query + 1 - (attentionWindow[layer] ?? Infinity));
}

/** Whether a list of this length has such an index. */
export function isIndex(value: number, length: number): boolean {
  return Number.isInteger(value) && value >= 0 && value < length;
}
