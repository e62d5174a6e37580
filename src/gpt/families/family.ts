import type { ExternalTensor, GraphBuilder, Value } from '../../onnx/graphBuilder';
import type { Checkpoint } from '../checkpoint';
import type { GptConfig } from '../config';
import type { ConfigReader } from '../configReader';

/** A tensor that a checkpoint must hold. */
export interface WeightSpec {
  name: string;
  shape: number[];
  /** The part of the model that it is counted under. */
  component: string;
}

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
  /** Whether the unembedding is the transposed embedding matrix. */
  isTied(reader: ConfigReader, checkpoint: Checkpoint): Promise<boolean>;
  weights(config: GptConfig, tied: boolean): WeightSpec[];

  /** Token ids [n] → residual stream before the first block. */
  embedding(g: GraphBuilder, model: Architecture, ids: Value): Value;
  /** residPre → residPost of one block. */
  block(g: GraphBuilder, model: Architecture, layer: number, residPre: Value): Value;
  /** residPre → attention pattern [chosen heads, n, n] of one layer. */
  pattern(
    g: GraphBuilder,
    model: Architecture,
    layer: number,
    residPre: Value,
    heads: Value,
  ): Value;
  /** Residual stream after the last block [m, nEmbd] → logits [m, vocab]. */
  unembedding(g: GraphBuilder, model: Architecture, residFinal: Value): Value;
}
