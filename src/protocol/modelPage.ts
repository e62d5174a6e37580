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
  nEmbd: number;
  /** Neurons of each MLP. */
  nInner: number;
  nCtx: number;
  vocabSize: number;
  activation: string;
  layerNormEpsilon: number;
  /** The unembedding is the transposed embedding matrix. */
  tied: boolean;
  /** The same model with a matrix of its own for the unembedding; null where it has one. */
  untied: ParameterCounts | null;
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
