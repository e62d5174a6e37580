import { isObject, quoted, type JsonObject, type JsonReader } from './jsonReader';
import {
  compilePattern,
  gpt2Pattern,
  numeric,
  punctuation,
  split,
  whiteSpace,
  withPrefix,
  withReplaced,
  wordsAndOthers,
  type PreTokenizer,
  type SplitBehavior,
} from './pieces';

/** How texts are cut before merging. */
export interface Cutting {
  steps: PreTokenizer[];
  /** Pieces are encoded byte by byte, and the vocabulary's names write bytes, as GPT-2's do. */
  byteLevel: boolean;
  /** What stands for a space in the vocabulary's names. */
  metaspace: string | null;
  /** A regular expression of the file's own is among the steps: nobody knows how long it takes. */
  ownPattern: boolean;
}

const behaviors: readonly SplitBehavior[] = [
  'Isolated',
  'Removed',
  'Contiguous',
  'MergedWithPrevious',
  'MergedWithNext',
];

/** @throws {UserError} where one is not supported. */
export function readPreTokenizers(reader: JsonReader, value: unknown): Cutting {
  const cutting: Cutting = { steps: [], byteLevel: false, metaspace: null, ownPattern: false };
  if (value !== null && value !== undefined) addStep(reader, value, cutting);
  return cutting;
}

function addStep(reader: JsonReader, value: unknown, cutting: Cutting): void {
  const step = reader.object(value, 'a pre-tokenizer');
  const { type } = step;
  if (type === 'Sequence') {
    const list = reader.array(step.pretokenizers, 'its list of pre-tokenizers');
    for (const each of list) addStep(reader, each, cutting);
    return;
  }
  if (cutting.byteLevel) {
    // It would have to cut between bytes, and see letters that are none.
    throw reader.unsupported(`the pre-tokenizer ${quoted(type)} behind a byte-level one`);
  }
  const { steps } = cutting;
  switch (type) {
    case 'ByteLevel':
      if (reader.boolean(step.add_prefix_space, 'add_prefix_space', true)) {
        steps.push(withPrefix(' ', 'always'));
      }
      if (reader.boolean(step.use_regex, 'use_regex', true)) {
        steps.push(split(gpt2Pattern, 'Isolated', false));
      }
      cutting.byteLevel = true;
      return;
    case 'Metaspace':
      addMetaspace(reader, step, cutting);
      return;
    case 'Split':
      steps.push(readSplit(reader, step, cutting));
      return;
    case 'Digits': {
      const each = reader.boolean(step.individual_digits, 'individual_digits', false);
      steps.push(split(numeric, each ? 'Isolated' : 'Contiguous', false));
      return;
    }
    case 'Punctuation':
      steps.push(split(punctuation, readBehavior(reader, step.behavior ?? 'Isolated'), false));
      return;
    case 'Whitespace':
      steps.push(split(wordsAndOthers, 'Removed', true));
      return;
    case 'WhitespaceSplit':
      steps.push(split(whiteSpace, 'Removed', false));
      return;
    default:
      throw reader.unsupported(`the pre-tokenizer ${quoted(type)}`);
  }
}

function addMetaspace(reader: JsonReader, step: JsonObject, cutting: Cutting): void {
  const character = reader.string(step.replacement ?? '▁', 'what stands for a space');
  // Old files say `add_prefix_space` instead.
  const fallback = step.add_prefix_space === false ? 'never' : 'always';
  const scheme = step.prepend_scheme ?? fallback;
  if (scheme !== 'always' && scheme !== 'first' && scheme !== 'never') {
    throw reader.unsupported(`the prepend_scheme ${quoted(scheme)}`);
  }
  cutting.metaspace = character;
  cutting.steps.push(withReplaced(' ', character));
  if (scheme !== 'never') cutting.steps.push(withPrefix(character, scheme));
  if (reader.boolean(step.split, 'split', true)) {
    cutting.steps.push(split(compilePattern({ String: character }), 'MergedWithNext', false));
  }
}

function readSplit(reader: JsonReader, step: JsonObject, cutting: Cutting): PreTokenizer {
  const { pattern } = step;
  const inverted = reader.boolean(step.invert, 'invert', false);
  const behavior = readBehavior(reader, step.behavior);
  if (isObject(pattern) && typeof pattern.String === 'string') {
    return split(compilePattern({ String: pattern.String }), behavior, inverted);
  }
  const source = reader.string(isObject(pattern) ? pattern.Regex : pattern, 'a pattern');
  try {
    const compiled = compilePattern({ Regex: source });
    cutting.ownPattern = true;
    return split(compiled, behavior, inverted);
  } catch (cause) {
    if (!(cause instanceof SyntaxError)) throw cause;
    throw reader.unsupported(`the pattern ${quoted(source)}`);
  }
}

function readBehavior(reader: JsonReader, value: unknown): SplitBehavior {
  // Written in either case.
  const name = typeof value === 'string' ? value.toLowerCase().replaceAll('_', '') : value;
  const behavior = behaviors.find((each) => each.toLowerCase() === name);
  if (behavior) return behavior;
  throw reader.unsupported(`the split behavior ${quoted(value)}`);
}
