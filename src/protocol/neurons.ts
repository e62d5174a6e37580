import type { RunRef } from './inspection';

/** A token and how strongly something speaks for it (or, below 0, against it). */
export interface WeighedToken {
  id: number;
  text: string;
  /**
   * What is added to its logit, the final norm's gain applied, where the norm's scale is 1; in a real
   * pass all of a position's logits are divided by the scale of its residual stream.
   */
  logit: number;
}

/** The tokens at either end of what a neuron's output row does to the logits, at activation 1. */
export interface NeuronTokens {
  /** Largest first. */
  promotes: WeighedToken[];
  /** Smallest first. A negative activation turns both lists around. */
  suppresses: WeighedToken[];
}

export interface ActiveNeuron extends NeuronTokens {
  layer: number;
  neuron: number;
  /** Such as `L5N1234`. */
  name: string;
  /** After the activation function (mlpPost). */
  activation: number;
  /** Length of what it writes into the residual stream: |activation| · ‖its output row‖. */
  written: number;
  /** `written` as a share of the sum of all neurons' in its layer, at this position. */
  share: number;
}

/** What the neurons are ranked by: |activation|, or the length of what they write. */
export type NeuronMeasure = 'activation' | 'written';

export interface NeuronsParams {
  run: RunRef;
  /** The layers to look through; a few at a time for a deep model. */
  layers: number[];
  position: number;
  by: NeuronMeasure;
  topK: number;
  /** How many tokens are named at either end for each neuron. */
  tokens: number;
}

/** The most active neurons of some layers at a position, the strongest first. */
export interface ActiveNeurons {
  layers: number[];
  position: number;
  /** Of each layer. */
  nInner: number;
  neurons: ActiveNeuron[];
}

/** One neuron along the whole text. */
export interface NeuronAlongText extends NeuronTokens {
  layer: number;
  neuron: number;
  name: string;
  activations: Float32Array; // [n]
  /** ‖its output row‖: what it writes at activation 1. */
  outputNorm: number;
}

/** Requests about the neurons of the MLPs. */
export interface NeuronRequests {
  neurons: { params: NeuronsParams; result: ActiveNeurons };
  neuron: {
    params: { run: RunRef; layer: number; neuron: number; tokens: number };
    result: NeuronAlongText;
  };
}
