/** What a model is made of, told from its config.json alone: plain data, weights not needed. */

export interface ParameterCounts {
  /** All weights and biases, shared matrices counted once. */
  parameters: number;
  /** The same by component, in the order of the forward pass. */
  parametersByComponent: ComponentCount[];
}

export interface ComponentCount {
  component: string;
  parameters: number;
}

export interface ConfigDescription extends ParameterCounts {
  name: string;
  family: string;
  nLayer: number;
  nHead: number;
  /** Heads of keys and values; each serves nHead / nKvHead heads of queries. */
  nKvHead: number;
  /** Length of a head's queries, keys and values. */
  dHead: number;
  nEmbd: number;
  /** Neurons of each MLP. */
  nInner: number;
  nCtx: number;
  vocabSize: number;
  activation: string;
  /** Each neuron's activation is that of its gate, times another input. */
  gatedMlp: boolean;
  norm: 'layerNorm' | 'rmsNorm';
  layerNormEpsilon: number;
  /** What else is normalised: queries and keys of each head, what attention and MLP write. */
  queryKeyNorms: boolean;
  outputNorms: boolean;
  /** How the model knows where a token stands. */
  positions: 'learned' | 'rotary';
  /** How queries and keys are turned, each way with its layers; empty for learned positions. */
  rotary: RotaryDescription[];
  /** How many positions a query of each layer sees, its own included; null for all before it. */
  attentionWindow: (number | null)[]; // [layer]
  /** The MLP reads what attention read, and not what attention wrote as well. */
  parallelResidual: boolean;
  /** Attention scores and logits x become cap · tanh(x / cap); null without a cap. */
  scoreCap: number | null;
  logitCap: number | null;
  /** What token vectors are multiplied by before the first block. */
  embeddingScale: number;
  /** The unembedding is the transposed embedding matrix. */
  tied: boolean;
  /** The same model with a matrix of its own for the unembedding; null where it has one. */
  untied: ParameterCounts | null;
}

export interface RotaryDescription {
  layers: number[];
  base: number;
  /** How many of the dHead features are turned, and which two of them together. */
  features: number;
  pairs: 'halves' | 'neighbours';
  /** How the frequencies were changed for longer contexts, in config.json's word. */
  scaling: string | null;
}

/** How far logits and attention are from the reference in the models that the tests compare. */
export interface Fidelity {
  /** Who computed what they are compared with, such as "transformers 5.23.0". */
  reference: string;
  /** How the weights of the compared models are stored. */
  dtype: string;
  models: number;
  positions: number;
  /** At how many of the positions the likeliest token is the same. */
  sameTop: number;
  /** The largest distance of a logit, and of an attention weight. */
  logit: number;
  pattern: number;
}

/** A configuration that comes with the extension, of a model that many know. */
export interface KnownModel {
  /** As in `model --known gpt3`. */
  id: string;
  name: string;
  /** Where the numbers come from. */
  source: string;
}

/** Where a configuration is: a file or a folder that holds one, its text, or a known model's id. */
export type ConfigPlace = { path: string } | { text: string } | { known: string };

/** Requests about models that need not be here. */
export interface ModelPageRequests {
  describeConfig: { params: ConfigPlace; result: ConfigDescription };
  knownModels: { params: Record<string, never>; result: KnownModel[] };
}
