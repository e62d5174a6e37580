import type { GgufMetadata } from './metadata';
import { preTokenizing } from './preTokenizers';
import { scoreMerges } from './scoreMerges';

/** A vocabulary as Hugging Face's files write it. */
export interface HuggingFaceTokenizer {
  /** tokenizer.json */
  json: Record<string, unknown>;
  /** tokenizer_config.json */
  config: Record<string, unknown>;
  /** `eos_token_id` of generation_config.json: of a text, of a turn, and of a message. */
  endIds: readonly number[];
}

/** `tokenizer.ggml.token_type`, as llama.cpp numbers them. */
const kinds = { normal: 1, unknown: 2, control: 3, userDefined: 4, unused: 5, byte: 6 };

interface Token {
  id: number;
  text: string;
  kind: number;
}

/**
 * The vocabulary of a GGUF file, in the form of a tokenizer.json.
 *
 * @throws {UserError} where the file has none, or one that cannot be written so.
 */
export function vocabularyOf(metadata: GgufMetadata): HuggingFaceTokenizer {
  const model = metadata.text('tokenizer.ggml.model', '');
  const tokens = readTokens(metadata);
  switch (model) {
    case 'gpt2':
      return bytePairs(metadata, tokens);
    case 'llama':
      return sentencePieces(metadata, tokens);
    default:
      throw metadata.refuse(
        `has a vocabulary of the kind "${model}", which is not supported; gpt2 and llama are. ` +
          'Choose another model.',
      );
  }
}

function readTokens(metadata: GgufMetadata): Token[] {
  const texts = metadata.texts('tokenizer.ggml.tokens');
  const types = metadata.has('tokenizer.ggml.token_type')
    ? metadata.numbers('tokenizer.ggml.token_type')
    : texts.map(() => kinds.normal);
  if (types.length !== texts.length) {
    throw metadata.refuse(
      `has ${texts.length} tokens, but ${types.length} token types. Download it again.`,
    );
  }
  return texts.map((text, id) => ({ id, text, kind: types[id]! }));
}

/** Byte-level byte-pair encoding: GPT-2, Llama 3, Qwen, SmolLM. */
function bytePairs(metadata: GgufMetadata, tokens: Token[]): HuggingFaceTokenizer {
  const pre = metadata.text('tokenizer.ggml.pre', '');
  const cutting = preTokenizing(pre, metadata.architecture);
  if (!cutting) {
    throw metadata.refuse(
      pre === '' || pre === 'default'
        ? 'does not say how its vocabulary cuts a text (tokenizer.ggml.pre). Choose a newer file of ' +
            'the model.'
        : `cuts texts in the way "${pre}", which is not supported. Choose another model.`,
    );
  }
  const { normalizer, preTokenizer, ignoreMerges, addsBos } = cutting;
  const merges = metadata.texts('tokenizer.ggml.merges').map((merge) => {
    // A part may begin with a space; none is empty.
    const space = merge.indexOf(' ', 1);
    return [merge.slice(0, space), merge.slice(space + 1)];
  });
  return written(metadata, tokens, addsBos, {
    normalizer,
    pre_tokenizer: preTokenizer,
    decoder: { type: 'ByteLevel', add_prefix_space: true, trim_offsets: true, use_regex: true },
    model: {
      type: 'BPE',
      dropout: null,
      unk_token: null,
      continuing_subword_prefix: null,
      end_of_word_suffix: null,
      fuse_unk: false,
      byte_fallback: false,
      ignore_merges: ignoreMerges,
      vocab: vocabularyObject(tokens),
      merges,
    },
  });
}

/** SentencePiece's byte-pair encoding with byte fallback: Llama 1 and 2, Mistral, Gemma, Phi-3. */
function sentencePieces(metadata: GgufMetadata, tokens: Token[]): HuggingFaceTokenizer {
  const scores = metadata.numbers('tokenizer.ggml.scores');
  if (scores.length !== tokens.length) {
    throw metadata.refuse(
      `has ${tokens.length} tokens, but ${scores.length} scores. Download it again.`,
    );
  }
  const pieces = new Map(
    tokens
      .filter(({ kind }) => kind === kinds.normal)
      .map(({ id, text }) => [text, { id, score: scores[id]! }]),
  );
  const space = '▁';
  const spaces = { type: 'Replace', pattern: { String: ' ' }, content: space };
  const prefix = metadata.flag('tokenizer.ggml.add_space_prefix', true);
  const unknown = tokens.find(({ kind }) => kind === kinds.unknown)?.text ?? null;
  return written(metadata, tokens, true, {
    normalizer: prefix
      ? { type: 'Sequence', normalizers: [{ type: 'Prepend', prepend: space }, spaces] }
      : spaces,
    pre_tokenizer: null,
    decoder: {
      type: 'Sequence',
      decoders: [
        { type: 'Replace', pattern: { String: space }, content: ' ' },
        { type: 'ByteFallback' },
        { type: 'Fuse' },
        ...(prefix ? [{ type: 'Strip', content: ' ', start: 1, stop: 0 }] : []),
      ],
    },
    model: {
      type: 'BPE',
      dropout: null,
      unk_token: unknown,
      continuing_subword_prefix: null,
      end_of_word_suffix: null,
      fuse_unk: true,
      byte_fallback: true,
      ignore_merges: false,
      vocab: vocabularyObject(tokens),
      merges: scoreMerges(pieces),
    },
  });
}

/** What both kinds have around their model. */
function written(
  metadata: GgufMetadata,
  tokens: Token[],
  addsBosByItself: boolean,
  parts: Record<string, unknown>,
): HuggingFaceTokenizer {
  const named = (end: 'bos' | 'eos' | 'eot' | 'eom'): Token | null => {
    const key = `tokenizer.ggml.${end}_token_id`;
    return metadata.has(key) ? (tokens[metadata.number(key)] ?? null) : null;
  };
  const [bos, eos] = [named('bos'), named('eos')];
  const addsBos = metadata.flag('tokenizer.ggml.add_bos_token', addsBosByItself) && bos !== null;
  const added = tokens
    .filter(({ kind }) =>
      ([kinds.unknown, kinds.control, kinds.userDefined] as number[]).includes(kind),
    )
    .map(({ id, text, kind }) => ({
      id,
      content: text,
      single_word: false,
      lstrip: false,
      rstrip: false,
      normalized: false,
      special: kind !== kinds.userDefined,
    }));
  const sequence = (id: string) => ({ Sequence: { id, type_id: 0 } });
  const first = { SpecialToken: { id: bos?.text, type_id: 0 } };
  return {
    json: {
      version: '1.0',
      truncation: null,
      padding: null,
      added_tokens: added,
      post_processor: addsBos
        ? {
            type: 'TemplateProcessing',
            single: [first, sequence('A')],
            pair: [first, sequence('A'), first, sequence('B')],
            special_tokens: { [bos.text]: { id: bos.text, ids: [bos.id], tokens: [bos.text] } },
          }
        : null,
      ...parts,
    },
    config: {
      add_bos_token: addsBos,
      ...(bos ? { bos_token: bos.text } : {}),
      ...(eos ? { eos_token: eos.text } : {}),
    },
    endIds: [eos, named('eot'), named('eom')].flatMap((token) => (token ? [token.id] : [])),
  };
}

/** Ids by text; places that a conversion filled up stand for nothing and are left out. */
function vocabularyObject(tokens: Token[]): Record<string, number> {
  const used = tokens.filter(({ kind }) => kind !== kinds.unused);
  return Object.fromEntries(used.map(({ id, text }) => [text, id]));
}
