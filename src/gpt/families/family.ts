import type { ExternalTensor } from '../../onnx/graphBuilder';
import type { Checkpoint } from '../checkpoint';
import type { GptConfig } from '../config';
import type { ConfigReader } from '../configReader';
import type { Layout, WeightSpec } from './layout';

/**
 * One way in which checkpoints of GPTs are written: what config.json calls things, and which tensor
 * stands where. What is computed with them is the same for all, in `gpt/parts`.
 */
export interface Family {
  /** As `model_type` in config.json. */
  name: string;
  /** What some checkpoints put in front of tensor names and others leave out. */
  prefix: string;
  readConfig(reader: ConfigReader): GptConfig;
  /** Whether config.json says that the embedding serves as the unembedding too. */
  tied(reader: ConfigReader): boolean;
  layout(config: GptConfig, tied: boolean, reader: ConfigReader): Layout;
}

/** Everything that the graphs of one loaded model are made from. */
export interface Architecture {
  config: GptConfig;
  layout: Layout;
  weight: (spec: WeightSpec) => ExternalTensor;
}

export type TokenMatrix = 'embedding' | 'unembedding';

/**
 * Whether the unembedding is the embedding matrix. As `transformers` does, a matrix in the file
 * counts even where config.json says that the embedding serves for both; many files hold a plain
 * copy, though.
 */
export async function isTied(
  family: Family,
  reader: ConfigReader,
  config: GptConfig,
  checkpoint: Checkpoint,
): Promise<boolean> {
  if (!family.tied(reader)) return false;
  const { tokenEmbedding, unembedding } = family.layout(config, false, reader);
  const name = storedName(checkpoint, unembedding!);
  return checkpoint.has(name) ? checkpoint.sameData(name, tokenEmbedding.name) : true;
}

/** Which of its names a tensor has in this checkpoint. */
export function storedName(checkpoint: Checkpoint, { name, otherName }: WeightSpec): string {
  return otherName !== undefined && !checkpoint.has(name) && checkpoint.has(otherName)
    ? otherName
    : name;
}
