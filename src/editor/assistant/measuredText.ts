import { count } from '../numbers';
import { totals } from '../../inspection/inspect';
import type { InspectedToken, Inspection, RankedToken } from '../../protocol/inspection';

/** A text as it was measured after a context. */
export interface MeasuredText {
  text: string;
  context: string;
  /** Of the context and the text together. */
  inspection: Inspection;
}

/** The tokens of the text itself: those that reach beyond the context. */
export function ownTokens({ inspection, context }: MeasuredText): InspectedToken[] {
  return inspection.tokens.filter(({ special, end }) => !special && end > context.length);
}

/** Sums over the text's own tokens, as the assistant gets them. */
export function ownTotals(tokens: readonly InspectedToken[]) {
  const { nats, bitsPerByte, perplexity } = totals(tokens);
  return {
    tokens: tokens.length,
    bits: rounded(nats / Math.LN2),
    bitsPerByte: bitsPerByte === null ? null : rounded(bitsPerByte),
    perplexity: perplexity === null ? null : significant(perplexity),
  };
}

export function modelOf({ model }: Inspection) {
  const { name, family, parameters, nCtx } = model;
  return { name, family, parameters, nCtx };
}

/** What has to be known to read the figures right: sentences for the assistant. */
export function caveats(measured: MeasuredText): string[] {
  const { inspection, text, context } = measured;
  const notes = [];
  if (inspection.truncated) notes.push(truncation(measured));
  const [first] = ownTokens(measured);
  if (first?.logprob === null) {
    notes.push('The first token has no surprisal, because nothing was read before it: pass a "context" to measure it too.'); // prettier-ignore
  }
  if (first && first.start < context.length) {
    notes.push('The first token begins in the context: the context and the text are cut into tokens together.'); // prettier-ignore
  }
  if (/[\ud800-\udfff]/u.test(context + text)) {
    notes.push('Half of a surrogate pair in the text was read as U+FFFD.');
  }
  return notes;
}

function truncation({ inspection, text, context }: MeasuredText): string {
  const { model, truncated, tokens } = inspection;
  const limit = `${model.name} reads at most ${count(model.nCtx)} tokens at once`;
  const missing = truncated!.characters - context.length;
  if (missing <= 0) {
    return `${limit}: the first ${count(truncated!.characters)} of the context's ${count(context.length)} characters were not read.`; // prettier-ignore
  }
  const left = context === '' ? '' : 'the context and ';
  const read = context.length + text.length - (tokens[0]?.start ?? 0);
  return (
    `${limit}: ${left}the first ${count(missing)} of the text's ${count(text.length)} characters ` +
    `were not read and are not measured. To measure all, pass pieces of about ` +
    `${count(Math.max(1, Math.floor(read / 2)))} characters, each with the piece before it as "context".`
  );
}

/** A surprisal in bits; null where nothing was expected. */
export function bits({ logprob }: { logprob: number | null }): number | null {
  return logprob === null ? null : rounded(-logprob / Math.LN2);
}

/** Tokens with their probabilities over the full vocabulary. */
export function likeliest(ranked: readonly RankedToken[]): [string, number][] {
  return ranked.map(({ text, logprob }) => [text, significant(Math.exp(logprob))]);
}

/** To a thousandth, which is finer than a reader needs and short to write. */
export const rounded = (value: number) => Math.round(value * 1000) / 1000 + 0;
export const significant = (value: number) => Number(value.toPrecision(4));
