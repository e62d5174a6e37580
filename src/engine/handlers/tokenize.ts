import { documentTokens } from '../../inspection/documentTokens';
import { checkPosition, checkTokenId } from '../../inspection/places';
import { windowReading } from '../../inspection/windowReading';
import { textWindows } from '../../inspection/windows';
import type { ReadingRequests } from '../../protocol/reading';
import { UserError } from '../../protocol/userError';
import type { EngineContext, Handlers } from '../engineContext';
import { read } from './reading';

export function readingHandlers(engine: EngineContext): Handlers<ReadingRequests> {
  return {
    tokenize: async (params, options) => {
      const loaded = await engine.load(params.model, options);
      const { nCtx } = loaded.model.config;
      const { tokens, ids, truncated } = await read(loaded, params, nCtx, options);
      const run = { model: params.model, ids, version: loaded.version };
      return { run, tokens, truncated };
    },

    tokenizeDocument: async ({ model: ref, text, stride, bos, specialTokens }, options) => {
      const { model, tokenizer, description } = await engine.load(ref, options);
      const { config } = model;
      const columns = await documentTokens(
        text,
        { tokenizer, config, bos, specialTokens },
        options,
      );
      const step = stride ?? Math.ceil(config.nCtx / 2);
      const windows = textWindows(columns.ids.length, config.nCtx, step);
      return { ...columns, model: description, windows };
    },

    readWindow: async ({ model: ref, ids, first, topK }, options) => {
      const { model } = await engine.load(ref, options);
      const { nCtx } = model.config;
      if (ids.length > nCtx + 1) {
        throw new UserError(`A window has up to ${nCtx} tokens, and the one after them.`);
      }
      checkPosition(ids.length - 1, first);
      for (const id of ids) checkTokenId(model.config, id);
      // Not kept for later questions: a long text would push out the passes that are looked at.
      return windowReading(model, Array.from(ids), first, topK, options);
    },
  };
}
