import type { Inspection, InspectedToken } from '../../src/protocol/inspection';

/** An inspection as the engine might answer it, for tests of what is made of it. */
export function inspectionOf(
  texts: string[],
  { next = [[' next', 0.5]] }: { next?: [string, number][] } = {},
): Inspection {
  let offset = 0;
  const tokens = texts.map((text, index): InspectedToken => {
    const start = offset;
    offset += text.length;
    return {
      index,
      id: 100 + index,
      text,
      bytes: [...Buffer.from(text)],
      start,
      end: offset,
      special: false,
      logprob: index === 0 ? null : Math.log(1 / 8),
      rank: index === 0 ? null : 3,
      entropy: index === 0 ? null : 2,
      top: [{ id: 7, text: ` expected${index}`, logprob: Math.log(0.4) }],
    };
  });
  return {
    run: { model: { folder: '/model', threads: 0 }, ids: tokens.map(({ id }) => id) },
    model: {
      name: 'Test GPT',
      folder: '/model',
      family: 'gpt2',
      nLayer: 2,
      nHead: 2,
      nKvHead: 2,
      dHead: 4,
      gatedMlp: false,
      norm: 'layerNorm',
      queryKeyNorms: false,
      outputNorms: false,
      positions: 'learned',
      rotary: [],
      attentionWindow: [null, null],
      parallelResidual: false,
      scoreCap: null,
      logitCap: null,
      embeddingScale: 1,
      fidelity: null,
      nEmbd: 8,
      nInner: 32,
      nCtxTrained: 1024,
      nCtx: 32,
      vocabSize: 256,
      parameters: 123456,
      parametersByComponent: [],
      dtype: 'F32',
      bytes: 500000,
      activation: 'geluTanh',
      layerNormEpsilon: 1e-5,
      tied: true,
      untied: null,
      tokenizer: 'r50k_base',
      bosTokenId: null,
    },
    tokens,
    next: next.map(([text, probability], id) => {
      return { id, text, probability, logprob: Math.log(probability), logit: -id };
    }),
    totals: { tokens: tokens.length, nats: 4, bitsPerByte: 1.5, perplexity: 8 },
    truncated: null,
    timing: { loadMs: 10, forwardMs: 5 },
  };
}
