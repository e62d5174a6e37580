import type { Inspection } from '../protocol/inspection';
import type { ActiveNeuron, NeuronAlongText } from '../protocol/neurons';
import { layerPieces, strongest } from './neuronsData';
import type { Loadable } from './state/loader';
import type { PanelStore } from './state/store';

/** Tokens named for a neuron of a list, and for one that is looked at. */
const tokensInList = 6;
const tokensOfOne = 10;

/** Neurons as far as they are known. */
export interface FoundNeurons {
  neurons: ActiveNeuron[];
  /** Layers that are still awaited, in words; null where all are there. */
  awaited: string | null;
  /** The sentence of what failed; the layers before it stay. */
  failure: string | null;
}

/**
 * The strongest neurons at a position. Layers are asked for some at a time, one piece after the
 * other, so that those of a deep model appear as they are found.
 */
export function askNeurons(
  store: PanelStore,
  { run, model }: Inspection,
  position: number,
  topK: number,
): FoundNeurons {
  const { layer, by } = store.choices.neurons;
  const pieces: ActiveNeuron[][] = [];
  const found = (rest: Partial<FoundNeurons>): FoundNeurons => ({
    neurons: strongest(pieces, by, topK),
    awaited: null,
    failure: null,
    ...rest,
  });
  for (const layers of layerPieces(model.nLayer, layer)) {
    const params = { run, layers, position, by, topK, tokens: tokensInList };
    const answer = store.ask('neurons', params);
    if (answer.status === 'failed') return found({ failure: answer.message });
    if (answer.status === 'loading') return found({ awaited: spoken(layers) });
    pieces.push(answer.value.neurons);
  }
  return found({});
}

/** One neuron along the text. */
export function askNeuron(
  store: PanelStore,
  { run }: Inspection,
  { layer, neuron }: { layer: number; neuron: number },
): Loadable<NeuronAlongText> {
  return store.ask('neuron', { run, layer, neuron, tokens: tokensOfOne });
}

function spoken(layers: readonly number[]): string {
  return layers.length === 1 ? `layer ${layers[0]}` : `layers ${layers[0]} to ${layers.at(-1)}`;
}
