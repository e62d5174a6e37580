import type { Model } from '../../gpt/model';
import { nextTokens } from '../../inspection/inspect';
import { predictions } from '../../inspection/predictions';
import { readTypedText } from '../../inspection/typingWindow';
import type { TypingRequests } from '../../protocol/typing';
import type { EngineContext, Handlers } from '../engineContext';
import { TypedTexts } from '../typedTexts';

/** Three texts of GPT-2's full context. */
const typedBytes = 256 * 2 ** 20;

export function typingHandlers(engine: EngineContext): Handlers<TypingRequests> {
  // What was read with a model goes when the model does.
  const texts = new WeakMap<Model, TypedTexts>();
  return {
    predictNext: async ({ model: ref, text, topK, bos, specialTokens }, options) => {
      const { model, tokenizer, description, textOf } = await engine.load(ref, options);
      const { signal } = options;
      const { config } = model;
      const reading = { tokenizer, config, bos, specialTokens };
      const { ids, from } = await readTypedText(text, reading, { signal });
      const known = texts.get(model) ?? new TypedTexts(model, typedBytes);
      texts.set(model, known);
      // Nobody looks at a bar that is full before it is drawn: only loading is told of.
      const { row, computed } = await known.read(ids, { signal });
      const after = await predictions(model, [row], [], topK);
      return {
        model: description,
        next: nextTokens(after, textOf),
        entropy: after[0]!.entropy,
        tokens: ids.length,
        computed,
        from,
      };
    },
  };
}
