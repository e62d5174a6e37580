import type { Command } from './command';

export const generate: Command = {
  name: 'generate',
  about: 'continue the text',
  options: {
    'max-tokens': { value: 'N', about: 'tokens to add (default 20)' },
    temperature: { value: 'T', about: '0 takes the likeliest token each time (default 0)' },
    'top-k': { value: 'K', about: 'sample from the K likeliest (default: all)' },
    'top-p': { value: 'P', about: 'sample from the likeliest tokens that make up P (default 1)' },
    seed: { value: 'N', about: 'seed of the random numbers (default 0)' },
  },
  async run(call) {
    const params = {
      model: call.model,
      bos: call.flag('bos'),
      maxTokens: call.integer('max-tokens', { fallback: 20, min: 1 }),
      sampling: {
        temperature: call.number('temperature', { fallback: 0, min: 0 }),
        topK: call.has('top-k') ? call.integer('top-k', { min: 1 }) : null,
        topP: call.number('top-p', { fallback: 1, min: 0, max: 1 }),
      },
      seed: call.integer('seed', { fallback: 0 }),
    };
    return call.engine.generate({ ...params, text: await call.text() }, call.progress);
  },
};
