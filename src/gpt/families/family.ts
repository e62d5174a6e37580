import type { ExternalTensor, GraphBuilder, Value } from '../../onnx/graphBuilder';
import type { Checkpoint } from '../checkpoint';
import type { GptConfig } from '../config';
import type { ConfigReader } from '../configReader';
import type { AttentionAtPosition } from '../stages/absorbedAttention';
import type { AttentionShape } from '../stages/attention';

/** A tensor that a checkpoint must hold. */
export interface WeightSpec {
  name: string;
  shape: number[];
  /** The parts of the model that it is counted under, in equal shares. */
  components: readonly Component[];
}

/** The parts of a model, as its parameters are counted: weights and biases where they belong. */
export const componentNames = [
  'embedding',
  'position embedding',
  'Q',
  'K',
  'V',
  'attention output',
  'MLP up',
  'MLP down',
  'layer norms',
  'unembedding',
] as const;

export type Component = (typeof componentNames)[number];

/** Everything that the graphs of one loaded model are made from. */
export interface Architecture {
  config: GptConfig;
  /** A tensor by its name in the family's `weights` list. */
  weight: (name: string) => ExternalTensor;
  tied: boolean;
}

/**
 * One way of building a GPT. Each function adds one stage to a graph; the residual stream goes from
 * one to the next as [n, nEmbd] float32.
 */
export interface Family {
  /** As `model_type` in config.json. */
  name: string;
  /** Front part of tensor names that some checkpoints have and others lack; and a name to probe. */
  prefix: string;
  probe: string;
  readConfig(reader: ConfigReader): GptConfig;
  /** Whether the unembedding is the transposed embedding matrix; by config.json alone without weights. */
  isTied(reader: ConfigReader, checkpoint: Checkpoint | null): Promise<boolean>;
  weights(config: GptConfig, tied: boolean): WeightSpec[];

  /** Token ids [n] at positions ([n], or [1] for all) → residual stream before the first block. */
  embedding(g: GraphBuilder, model: Architecture, ids: Value, positions: Value): Value;
  attentionShape(config: GptConfig, layer: number): AttentionShape;
  /** residPre [n, nEmbd] → q, k and v, each [n, nHead · dHead], heads side by side. */
  queryKeyValue(
    g: GraphBuilder,
    model: Architecture,
    layer: number,
    residPre: Value,
  ): [Value, Value, Value];
  /** What every head does at one query position ([1] int64), without the work for all others. */
  attentionAt(
    g: GraphBuilder,
    model: Architecture,
    layer: number,
    residPre: Value,
    position: Value,
  ): AttentionAtPosition;
  /** W_O of each head, [nHead, dHead, nEmbd], and the bias that is added once, [nEmbd]. */
  attentionOutput(g: GraphBuilder, model: Architecture, layer: number): OutputWeights;
  /** z [n, nHead · dHead] → attnOut [n, nEmbd]. */
  attnOut(g: GraphBuilder, model: Architecture, layer: number, z: Value): Value;
  /** residMid [n, nEmbd] → the neurons before and after their activation function, [n, nInner]. */
  mlpNeurons(g: GraphBuilder, model: Architecture, layer: number, residMid: Value): MlpNeurons;
  /** mlpPost [n, nInner] → mlpOut [n, nEmbd]. */
  mlpOut(g: GraphBuilder, model: Architecture, layer: number, mlpPost: Value): Value;
  /** What each neuron of a layer writes when its activation is 1, [nInner, nEmbd]. */
  neuronOutputs(model: Architecture, layer: number): ExternalTensor;

  /** The final normalisation of rows of the last residual stream, [m, nEmbd]. */
  finalNorm(g: GraphBuilder, model: Architecture, residFinal: Value): Value;
  /** Normalised rows [m, nEmbd] → logits [m, vocab]. */
  logits(g: GraphBuilder, model: Architecture, normalised: Value): Value;
  /**
   * The linear part of final normalisation and unembedding: rows [m, nEmbd] → what each adds to every
   * logit, [m, vocab], for a residual stream whose norm has the scale 1.
   */
  logitsOfDirection(g: GraphBuilder, model: Architecture, rows: Value): Value;
  /**
   * With the final norm's scale frozen at that of `residFinal` [1, nEmbd], the logit of token t is
   * x · direction[t] + constant[t] for any x in its place. For ids [t].
   */
  logitDirections(
    g: GraphBuilder,
    model: Architecture,
    residFinal: Value,
    ids: Value,
  ): { direction: Value /* [t, nEmbd] */; constant: Value /* [t] */ };
  /** The matrix of token vectors, [vocab, nEmbd], as it is stored. */
  tokenVectors(model: Architecture, matrix: TokenMatrix): ExternalTensor;
}

export interface OutputWeights {
  perHead: Value; // [nHead, dHead, nEmbd]
  bias: Value; // [nEmbd]
}

export interface MlpNeurons {
  mlpPre: Value; // [n, nInner]
  mlpPost: Value; // [n, nInner]
}

export type TokenMatrix = 'embedding' | 'unembedding';
