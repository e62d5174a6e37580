import type { Command } from './command';
import { namedTokens } from './output';
import { UsageError } from './call';
import type { NeuronMeasure } from '../protocol/neurons';

export const neurons: Command = {
  name: 'neurons',
  about: "the most active MLP neurons, or one neuron's activation along the text",
  options: {
    layer: { value: 'L', about: 'layer, from 0 (default: all layers)' },
    neuron: { value: 'N', about: 'one neuron of the layer, along all tokens' },
    position: { value: 'P', about: 'token, from 0; negative from the end (default: the last)' },
    by: { value: 'WHAT', about: 'activation, or written: what it adds to the residual stream' },
    'top-k': { value: 'K', about: 'neurons (default 10)' },
    tokens: { value: 'K', about: 'tokens named for each neuron, at either end (default 10)' },
  },
  async run(call) {
    const layer = call.has('layer') ? call.integer('layer') : null;
    const tokens = call.integer('tokens', { fallback: 10, min: 1 });
    const topK = call.integer('top-k', { fallback: 10, min: 1 });
    const by = call.string('by') ?? 'activation';
    if (!isMeasure(by)) throw new UsageError('--by is activation or written');
    const neuron = call.has('neuron') ? call.integer('neuron') : null;
    if (neuron !== null && layer === null) throw new UsageError('--neuron needs --layer');

    const inspection = await call.inspect(1);
    const { run, model } = inspection;
    const named = namedTokens(inspection.tokens);
    if (neuron !== null && layer !== null) {
      const wanted = { run, layer, neuron, tokens };
      const { activations, ...rest } = await call.engine.neuron(wanted, call.progress);
      return {
        ...rest,
        tokens: named.map((token, i) => ({ ...token, activation: activations[i] })),
      };
    }
    const layers = layer === null ? Array.from({ length: model.nLayer }, (_, i) => i) : [layer];
    const position = call.position(named.length);
    const wanted = { run, layers, position, by, topK, tokens };
    const found = await call.engine.neurons(wanted, call.progress);
    return { ...found, token: named[position] };
  },
};

function isMeasure(value: string): value is NeuronMeasure {
  return value === 'activation' || value === 'written';
}
