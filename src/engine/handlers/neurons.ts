import { activeNeurons, neuronAlongText } from '../../inspection/neurons';
import type { NeuronRequests } from '../../protocol/neurons';
import type { EngineContext, Handlers } from '../engineContext';

export function neuronHandlers(engine: EngineContext): Handlers<NeuronRequests> {
  return {
    neurons: async ({ run, ...wanted }, options) => {
      const { loaded, residual } = await engine.run(run, options);
      return activeNeurons(loaded.model, residual, wanted, loaded.textOf, options);
    },

    neuron: async ({ run, layer, neuron, tokens }, options) => {
      const { loaded, residual } = await engine.run(run, options);
      return neuronAlongText(loaded.model, residual, layer, neuron, tokens, loaded.textOf);
    },
  };
}
