import { isObject } from './jsonReader';

/** The tokens that stand at the ends of a text. */
export interface TextEnds {
  bosTokenId: number | null;
  addsBos: boolean;
  endOfTextId: number | null;
}

/** Tokenizers of transformers that put the token in front unless they are told not to. */
const addingClasses = /^(Llama|CodeLlama|Gemma|Cohere)Tokenizer(Fast)?$/;

/**
 * Whether a model's texts began with a token, and which: by tokenizer_config.json's
 * `add_bos_token`; else by what the post-processor puts in front; else by the tokenizer's class.
 *
 * @param json a tokenizer.json
 * @param config a tokenizer_config.json
 * @param idOf a token's id by its name
 */
export function textEnds(
  json: unknown,
  config: unknown,
  idOf: (name: string) => number | undefined,
): TextEnds {
  const settings = isObject(config) ? config : {};
  const named = (key: string): number | null => {
    const value = settings[key];
    const name: unknown = isObject(value) ? value.content : value;
    return typeof name === 'string' ? (idOf(name) ?? null) : null;
  };
  const first = firstOfTemplate(isObject(json) ? json.post_processor : null);
  const inFront = first === null ? null : (idOf(first) ?? null);
  const bosTokenId = inFront ?? named('bos_token') ?? firstKnown(['<s>', '<bos>'], idOf);
  const { add_bos_token: added, tokenizer_class: type } = settings;
  const adds =
    typeof added === 'boolean'
      ? added
      : inFront !== null || (typeof type === 'string' && addingClasses.test(type));
  return {
    bosTokenId,
    addsBos: adds && bosTokenId !== null,
    endOfTextId: named('eos_token') ?? firstKnown(['<|endoftext|>', '</s>', '<eos>'], idOf),
  };
}

function firstKnown(names: string[], idOf: (name: string) => number | undefined): number | null {
  for (const name of names) {
    const id = idOf(name);
    if (id !== undefined) return id;
  }
  return null;
}

/** The name of the special token that a post-processor puts before a text. */
function firstOfTemplate(processor: unknown): string | null {
  if (!isObject(processor)) return null;
  const { type, processors, single, cls } = processor;
  if (type === 'Sequence' && Array.isArray(processors)) {
    for (const each of processors) {
      const name = firstOfTemplate(each);
      if (name !== null) return name;
    }
  }
  if (type === 'TemplateProcessing' && Array.isArray(single)) {
    const first: unknown = single[0];
    if (!isObject(first) || !isObject(first.SpecialToken)) return null;
    const { id } = first.SpecialToken;
    return typeof id === 'string' ? id : null;
  }
  if ((type === 'BertProcessing' || type === 'RobertaProcessing') && Array.isArray(cls)) {
    return typeof cls[0] === 'string' ? cls[0] : null;
  }
  return null;
}
