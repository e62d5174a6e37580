import { BytePairTokenizer } from './bytePairTokenizer';
import { loadR50kBase } from './r50kBase';
import { r50kPieceEnd } from './splitR50k';
import type { Tokenizer } from './tokenizer';
import type { PieceEnd, Vocabulary } from './vocabulary';

/** One of OpenAI's vocabularies: read when it is first asked for, and once. */
export interface OpenAiVocabulary {
  name: string;
  /** Ordinary tokens. */
  tokens: number;
  specialTokens: ReadonlyMap<string, number>;
  /** Which pattern of `patterns` cuts its texts. */
  pattern: keyof typeof patterns;
  load: () => Promise<Tokenizer>;
}

const contraction = String.raw`'(?:[sS]|[dD]|[mM]|[tT]|[lL][lL]|[vV][eE]|[rR][eE])`;
const upper = String.raw`[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]`;
const lower = String.raw`[\p{Ll}\p{Lm}\p{Lo}\p{M}]`;
const spaces = String.raw`\p{White_Space}*[\r\n]+|\p{White_Space}+(?!\P{White_Space})|\p{White_Space}+`;

/** The patterns of tiktoken (tiktoken_ext/openai_public.py). `\s` means White_Space there. */
const patterns = {
  r50k: null, // by hand: splitR50k
  cl100k:
    String.raw`${contraction}|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}| ?[^\p{White_Space}\p{L}\p{N}]+[\r\n]*|` +
    spaces,
  o200k:
    String.raw`[^\r\n\p{L}\p{N}]?${upper}*${lower}+(?:${contraction})?|` +
    String.raw`[^\r\n\p{L}\p{N}]?${upper}+${lower}*(?:${contraction})?|` +
    String.raw`\p{N}{1,3}| ?[^\p{White_Space}\p{L}\p{N}]+[\r\n/]*|` +
    spaces,
};

const endOfText = '<|endoftext|>';

/** Which of OpenAI's vocabularies models are known to have; of the same name as in tiktoken. */
export const openAiVocabularies: readonly OpenAiVocabulary[] = [
  {
    name: 'r50k_base',
    tokens: 50256,
    specialTokens: new Map([[endOfText, 50256]]),
    pattern: 'r50k',
    load: loadR50kBase,
  },
  // The ranks alone: gpt-tokenizer's root holds all vocabularies, and its encoder is not used.
  vocabulary('p50k_base', 50280, 'r50k', [[endOfText, 50256]], async () => {
    const { default: tokens } = await import('gpt-tokenizer/bpeRanks/p50k_base');
    return tokens;
  }),
  vocabulary(
    'cl100k_base',
    100256,
    'cl100k',
    [
      [endOfText, 100257],
      ['<|fim_prefix|>', 100258],
      ['<|fim_middle|>', 100259],
      ['<|fim_suffix|>', 100260],
      ['<|im_start|>', 100264],
      ['<|im_end|>', 100265],
      ['<|im_sep|>', 100266],
      ['<|endofprompt|>', 100276],
    ],
    async () => {
      const { default: tokens } = await import('gpt-tokenizer/bpeRanks/cl100k_base');
      return tokens;
    },
  ),
  vocabulary(
    'o200k_base',
    199998,
    'o200k',
    [
      [endOfText, 199999],
      ['<|endofprompt|>', 200018],
    ],
    async () => {
      const { default: tokens } = await import('gpt-tokenizer/bpeRanks/o200k_base');
      return tokens;
    },
  ),
];

function vocabulary(
  name: string,
  tokens: number,
  pattern: keyof typeof patterns,
  special: [string, number][],
  ranks: () => Promise<Vocabulary['tokens']>,
): OpenAiVocabulary {
  const specialTokens = new Map(special);
  const source = patterns[pattern];
  const pieceEnd = source === null ? r50kPieceEnd : patternPieceEnd(source);
  let loaded: Promise<Tokenizer> | undefined;
  const load = async () =>
    new BytePairTokenizer({ name, tokens: await ranks(), specialTokens, pieceEnd });
  return { name, tokens, specialTokens, pattern, load: () => (loaded ??= load()) };
}

/** As a pattern has it. Its alternatives match every character. */
function patternPieceEnd(source: string): PieceEnd {
  const pattern = new RegExp(source, 'uy');
  return (text, start) => {
    pattern.lastIndex = start;
    pattern.test(text);
    return pattern.lastIndex;
  };
}
