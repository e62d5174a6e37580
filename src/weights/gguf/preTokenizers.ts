/** Part of a tokenizer.json. */
type Json = Record<string, unknown>;

export interface PreTokenizing {
  normalizer: Json | null;
  preTokenizer: Json;
  /** Whether a piece that is a token is taken whole, whatever the merges would make of it. */
  ignoreMerges: boolean;
  addsBos: boolean;
}

/** GPT-2's own cutting, by Hugging Face's operator that has its pattern built in. */
const byteLevel = { type: 'ByteLevel', add_prefix_space: false, trim_offsets: true };

const gpt2: PreTokenizing = {
  normalizer: null,
  preTokenizer: { ...byteLevel, use_regex: true },
  ignoreMerges: false,
  addsBos: false,
};

/** GPT-NeoX's: GPT-2's, with letters and their accents composed first. */
const neoX: PreTokenizing = { ...gpt2, normalizer: { type: 'NFC' } };

/** GPT-2's, where each digit is a piece of its own. */
const digits: PreTokenizing = {
  ...gpt2,
  preTokenizer: {
    type: 'Sequence',
    pretokenizers: [{ type: 'Digits', individual_digits: true }, gpt2.preTokenizer],
  },
};

/** Cuts by a pattern: every match is a piece, and so is what lies between two. */
function cutBy(pattern: string): PreTokenizing {
  return {
    ...gpt2,
    preTokenizer: {
      type: 'Sequence',
      pretokenizers: [
        { type: 'Split', pattern: { Regex: pattern }, behavior: 'Isolated', invert: false },
        { ...byteLevel, use_regex: false },
      ],
    },
  };
}

const contractions = "(?i:'s|'t|'re|'ve|'m|'ll|'d)";
const rest = '\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+';

/** OpenAI's cl100k pattern; Llama 3 takes up to three digits together, Qwen 2 one. */
function cl100k(numbers: string): string {
  return [
    contractions,
    '[^\\r\\n\\p{L}\\p{N}]?\\p{L}+',
    numbers,
    ' ?[^\\s\\p{L}\\p{N}]+[\\r\\n]*',
    rest,
  ].join('|');
}

/** OpenAI's o200k pattern: words begin at a change of case; `ending` may follow a word. */
function o200k(ending: string, numbers: string): string {
  const upper = '[\\p{Lu}\\p{Lt}\\p{Lm}\\p{Lo}\\p{M}]';
  const lower = '[\\p{Ll}\\p{Lm}\\p{Lo}\\p{M}]';
  return [
    `[^\\r\\n\\p{L}\\p{N}]?${upper}*${lower}+${ending}`,
    `[^\\r\\n\\p{L}\\p{N}]?${upper}+${lower}*${ending}`,
    numbers,
    ' ?[^\\s\\p{L}\\p{N}]+[\\r\\n/]*',
    rest,
  ].join('|');
}

const llama3 = { ...cutBy(cl100k('\\p{N}{1,3}')), ignoreMerges: true, addsBos: true };
const qwen2 = { ...cutBy(cl100k('\\p{N}')), normalizer: { type: 'NFC' } };

/** By `tokenizer.ggml.pre`; what each means is in llama.cpp's `llama-vocab.cpp`. */
const byName: Readonly<Record<string, PreTokenizing>> = {
  'gpt-2': gpt2,
  'phi-2': gpt2,
  mpt: neoX,
  olmo: neoX,
  smollm: digits,
  starcoder: digits,
  'command-r': digits,
  refact: digits,
  'llama-bpe': llama3,
  'llama-v3': llama3,
  llama3,
  falcon3: llama3,
  pixtral: llama3,
  'smaug-bpe': { ...llama3, ignoreMerges: false, addsBos: false },
  dbrx: { ...llama3, ignoreMerges: false, addsBos: false },
  qwen2,
  'deepseek-r1-qwen': qwen2,
  'gpt-4o': cutBy(o200k(`${contractions}?`, '\\p{N}{1,3}')),
  tekken: { ...cutBy(o200k('', '\\p{N}')), ignoreMerges: true, addsBos: true },
};

/** Models that were converted before files said how they cut, and the families' way of it. */
const byArchitecture: Readonly<Record<string, PreTokenizing>> = { gpt2, gptneox: neoX, phi2: gpt2 };

/** How a byte-level vocabulary cuts a text before merging; undefined where that is not known. */
export function preTokenizing(name: string, architecture: string): PreTokenizing | undefined {
  const table = name === '' || name === 'default' ? byArchitecture : byName;
  const key = table === byName ? name : architecture;
  return Object.hasOwn(table, key) ? table[key] : undefined;
}
