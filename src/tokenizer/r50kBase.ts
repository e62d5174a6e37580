import { r50kPieceEnd } from './splitR50k';
import { BytePairTokenizer } from './bytePairTokenizer';
import type { Tokenizer } from './tokenizer';

let loaded: Promise<Tokenizer> | undefined;

/** The tokenizer of GPT-2 and the first GPT-3 models. Read once, when it is first asked for. */
export function loadR50kBase(): Promise<Tokenizer> {
  loaded ??= load();
  return loaded;
}

async function load(): Promise<Tokenizer> {
  // The ranks alone: gpt-tokenizer's root holds all vocabularies, and its encoder is not used.
  const { default: tokens } = await import('gpt-tokenizer/bpeRanks/r50k_base');
  return new BytePairTokenizer({
    name: 'r50k_base',
    tokens,
    specialTokens: new Map([['<|endoftext|>', 50256]]),
    pieceEnd: r50kPieceEnd,
  });
}
