import type { Command } from './command';

export const inspect: Command = {
  name: 'inspect',
  about: 'tokens, what each was expected to be, and the next-token distribution',
  options: {
    'top-k': { value: 'K', about: 'tokens in each list (default 10)' },
    stride: { value: 'N', about: 'the whole text, in windows that move on by N tokens' },
  },
  async run(call) {
    const topK = call.integer('top-k', { fallback: 10, min: 1 });
    const inspection = call.has('stride')
      ? await call.engine.inspectDocument(
          {
            model: call.model,
            stride: call.integer('stride', { min: 1 }),
            text: await call.text(),
            topK,
            ...call.reading,
          },
          call.progress,
        )
      : await call.inspect(topK);
    const { name, family, nLayer, nHead, nEmbd, nCtx, vocabSize, parameters } = inspection.model;
    return {
      model: { name, family, nLayer, nHead, nEmbd, nCtx, vocabSize, parameters },
      tokens: inspection.tokens,
      next: inspection.next,
      totals: inspection.totals,
      truncated: inspection.truncated,
      timing: inspection.timing,
    };
  },
};
