import type { Command } from './command';
import { matrix, namedTokens } from './output';

export const attribution: Command = {
  name: 'attribution',
  about: 'what each part of the model adds to the logit of a token',
  options: {
    position: { value: 'P', about: 'token, from 0; negative from the end (default: the last)' },
    target: { value: 'T', about: 'token id or text (default: the likeliest token)' },
    versus: { value: 'T', about: 'token whose logit is subtracted, id or text' },
  },
  async run(call) {
    const { run, model, tokens } = await call.inspect(1);
    const position = call.position(tokens.length);
    const question = {
      run,
      position,
      target: call.string('target') ?? null,
      versus: call.string('versus') ?? null,
    };
    const { heads, attnBias, mlps, ...found } = await call.engine.attribution(
      question,
      call.progress,
    );
    return {
      position,
      token: namedTokens(tokens)[position],
      target: found.target,
      versus: found.versus,
      tokenEmbedding: found.tokenEmbedding,
      positionEmbedding: found.positionEmbedding,
      heads: matrix(heads, model.nLayer, model.nHead),
      attnBias: Array.from(attnBias),
      mlps: Array.from(mlps),
      finalNormBias: found.finalNormBias,
      sum: found.sum,
      logit: found.logit,
      error: found.error,
    };
  },
};
