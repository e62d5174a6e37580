import type { NeuronMeasure } from '../../../protocol/neurons';
import { asRecord, oneOf, type Saved, whole } from './saved';

/** Which neurons are listed. */
export interface NeuronChoices {
  /** Null is all layers. */
  layer: number | null;
  by: NeuronMeasure;
  /** The neuron that is looked at along the text. */
  open: { layer: number; neuron: number } | null;
}

export const defaultNeurons: NeuronChoices = { layer: null, by: 'activation', open: null };

export function restoreNeurons(from: Saved): NeuronChoices {
  const open = asRecord(from.open);
  const [layer, neuron] = [whole(open.layer, 0), whole(open.neuron, 0)];
  return {
    layer: whole(from.layer, 0),
    by: oneOf(['activation', 'written'], from.by, defaultNeurons.by),
    open: layer === null || neuron === null ? null : { layer, neuron },
  };
}
