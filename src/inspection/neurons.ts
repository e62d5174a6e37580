import { betweenStages, type PassOptions } from '../gpt/betweenStages';
import type { ResidualStream } from '../gpt/forwardPass';
import type { Model } from '../gpt/model';
import { attentionAt } from '../gpt/probes/attentionAt';
import { attentionOut } from '../gpt/probes/attentionOut';
import {
  mlp,
  mlpReads,
  neuronActivations,
  neuronOutputNorms,
  neuronOutputs,
} from '../gpt/probes/mlp';
import { rankTokens } from '../gpt/probes/tokenVectors';
import type {
  ActiveNeuron,
  ActiveNeurons,
  NeuronAlongText,
  NeuronsParams,
  NeuronTokens,
} from '../protocol/neurons';
import { UserError } from '../protocol/userError';
import { checkLayer, checkPosition, isIndex } from './places';

type TextOf = (id: number) => string;
type Neuron = Omit<ActiveNeuron, keyof NeuronTokens>;

/** Such as `L5N1234`. */
export function neuronName(layer: number, neuron: number): string {
  return `L${layer}N${neuron}`;
}

/**
 * The neurons of some layers that were most active at a position, and the tokens that each one's
 * output row promotes and suppresses.
 *
 * @throws {UserError} where there is no such layer or position.
 */
export async function activeNeurons(
  model: Model,
  residual: ResidualStream,
  { layers, position, by, topK, tokens }: Omit<NeuronsParams, 'run'>,
  textOf: TextOf,
  options: PassOptions = {},
): Promise<ActiveNeurons> {
  const { nInner } = model.config;
  for (const layer of layers) checkLayer(model.config, layer);
  checkPosition(residual[0]!.length / model.config.nEmbd, position);
  const strength = (neuron: Neuron) =>
    by === 'activation' ? Math.abs(neuron.activation) : neuron.written;

  let strongest: Neuron[] = [];
  for (const [done, layer] of layers.entries()) {
    await betweenStages(options, 'forward', `Neurons of layer ${layer}`, done / layers.length);
    const neurons = await neuronsAt(model, residual[layer]!, layer, position);
    strongest = [...strongest, ...neurons].sort((a, b) => strength(b) - strength(a)).slice(0, topK);
  }
  await betweenStages(options, 'forward', 'Tokens of each neuron', 1);
  const described = await withTokens(model, strongest, tokens, textOf);
  return { layers, position, nInner, neurons: described };
}

/**
 * One neuron's activation along the whole text.
 *
 * @throws {UserError} where there is no such layer or neuron.
 */
export async function neuronAlongText(
  model: Model,
  residual: ResidualStream,
  layer: number,
  neuron: number,
  tokens: number,
  textOf: TextOf,
): Promise<NeuronAlongText> {
  checkLayer(model.config, layer);
  const { nInner } = model.config;
  if (!isIndex(neuron, nInner)) {
    throw new UserError(`There is no neuron ${neuron}: each layer has neurons 0 to ${nInner - 1}.`);
  }
  const residPre = residual[layer]!;
  const { attnOut } = await attentionOut(model, layer, residPre);
  const residMid = residPre.map((value, i) => value + attnOut[i]!); // [n, nEmbd]
  const activations = await neuronActivations(model, layer, mlpReads(model, residPre, residMid), [
    neuron,
  ]); // [n, 1]
  const output = await neuronOutputs(model, layer, [neuron]); // [1, nEmbd]
  const [ends] = await neuronTokens(model, output, tokens, textOf);
  const name = neuronName(layer, neuron);
  return { layer, neuron, name, activations, outputNorm: Math.hypot(...output), ...ends! };
}

/** All neurons of a layer at one position: [nInner]. */
async function neuronsAt(
  model: Model,
  residPre: Float32Array, // [n, nEmbd]
  layer: number,
  position: number,
): Promise<Neuron[]> {
  const { nEmbd } = model.config;
  const { attnOut } = await attentionAt(model, layer, residPre, position);
  const own = residPre.subarray(position * nEmbd, (position + 1) * nEmbd);
  const residMid = own.map((value, i) => value + attnOut[i]!); // [nEmbd]
  const { mlpPost } = await mlp(model, layer, mlpReads(model, own, residMid)); // [1, nInner]
  const norms = await neuronOutputNorms(model, layer);
  const written = Float64Array.from(mlpPost, (activation, i) => Math.abs(activation) * norms[i]!);
  const all = written.reduce((sum, length) => sum + length, 0);
  return Array.from(mlpPost, (activation, neuron) => ({
    layer,
    neuron,
    name: neuronName(layer, neuron),
    activation,
    written: written[neuron]!,
    share: all > 0 ? written[neuron]! / all : 0,
  }));
}

async function withTokens(
  model: Model,
  neurons: readonly Neuron[],
  tokens: number,
  textOf: TextOf,
): Promise<ActiveNeuron[]> {
  const { nEmbd } = model.config;
  const outputs = new Float32Array(neurons.length * nEmbd);
  for (const layer of new Set(neurons.map((neuron) => neuron.layer))) {
    const places = Array.from(neurons.keys()).filter((i) => neurons[i]!.layer === layer);
    const rows = await neuronOutputs(
      model,
      layer,
      places.map((i) => neurons[i]!.neuron),
    );
    places.forEach((place, i) =>
      outputs.set(rows.subarray(i * nEmbd, (i + 1) * nEmbd), place * nEmbd),
    );
  }
  const ends = await neuronTokens(model, outputs, tokens, textOf);
  return neurons.map((neuron, i) => ({ ...neuron, ...ends[i]! }));
}

/** What each output row [m, nEmbd] does to the logits. */
async function neuronTokens(
  model: Model,
  outputs: Float32Array,
  tokens: number,
  textOf: TextOf,
): Promise<NeuronTokens[]> {
  if (outputs.length === 0) return [];
  const ends = await rankTokens(model, outputs, { by: 'logit' }, tokens);
  const weighed = (ids: number[], scores: number[]) =>
    ids.map((id, i) => ({ id, text: textOf(id), logit: scores[i]! }));
  return ends.topIds.map((_, row) => ({
    promotes: weighed(ends.topIds[row]!, ends.topScores[row]!),
    suppresses: weighed(ends.bottomIds[row]!, ends.bottomScores[row]!),
  }));
}
