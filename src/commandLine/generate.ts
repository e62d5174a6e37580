import { UsageError, type CommandCall } from './call';
import type { Command } from './command';

const samplingOptions = ['temperature', 'top-k', 'top-p', 'seed', 'candidates'];

export const generate: Command = {
  name: 'generate',
  about: 'continue the text',
  options: {
    'max-tokens': { value: 'N', about: 'tokens to add (default 20)' },
    temperature: { value: 'T', about: '0 takes the likeliest token each time (default 0)' },
    'top-k': { value: 'K', about: 'sample from the K likeliest (default: all)' },
    'top-p': { value: 'P', about: 'sample from the likeliest tokens that make up P (default 1)' },
    seed: { value: 'N', about: 'seed of the random numbers (default 0)' },
    candidates: { value: 'K', about: 'name the K likeliest tokens in the place of each' },
    beams: { value: 'W', about: 'search W sequences wide for the likeliest continuations' },
  },
  async run(call) {
    const maxTokens = call.integer('max-tokens', { fallback: 20, min: 1 });
    if (call.has('beams')) return beams(call, maxTokens);
    const params = {
      model: call.model,
      ...call.reading,
      maxTokens,
      sampling: {
        temperature: call.number('temperature', { fallback: 0, min: 0 }),
        topK: call.has('top-k') ? call.integer('top-k', { min: 1 }) : null,
        topP: call.number('top-p', { fallback: 1, min: 0, max: 1 }),
      },
      seed: call.integer('seed', { fallback: 0 }),
      topK: call.integer('candidates', { fallback: 0 }),
    };
    return call.engine.generate({ ...params, text: await call.text() }, call.progress);
  },
};

async function beams(call: CommandCall, length: number) {
  const width = call.integer('beams', { min: 1 });
  const without = samplingOptions.find((name) => call.has(name));
  if (without !== undefined)
    throw new UsageError(`--beams does not sample: leave --${without} out`);
  const { model, run, tokens, truncated, timing } = await call.inspect(1);
  const start = performance.now();
  const root = { run, position: tokens.length - 1, path: [] };
  const sequences = await call.engine.beam({ ...root, width, length }, call.progress);
  return {
    model,
    prompt: { tokens: tokens.length, truncated },
    beams: sequences,
    timing: { loadMs: timing.loadMs, generateMs: performance.now() - start },
  };
}
