import type { ConfigDescription, ParameterCounts, RotaryDescription } from '../protocol/modelPage';
import { UserError } from '../protocol/userError';
import type { GptConfig } from './config';
import type { ConfigReader } from './configReader';
import type { Family } from './families/family';
import { componentNames, weightsOf, type Component, type WeightSpec } from './families/layout';
import { familyOf } from './families/registry';

/**
 * What a model would be made of by its config.json alone.
 *
 * @param name what it is called where the file does not say.
 * @throws {UserError} where it is no configuration of a family that is supported.
 */
export function describeConfig(reader: ConfigReader, name: string): ConfigDescription {
  const family = familyOf(reader);
  const config = family.readConfig(reader);
  return describeArchitecture(
    reader.text('name', '') || name,
    family,
    config,
    reader,
    family.tied(reader),
  );
}

/** A model's sizes and constants, and its parameters by component. */
export function describeArchitecture(
  name: string,
  family: Family,
  config: GptConfig,
  reader: ConfigReader,
  tied: boolean,
): ConfigDescription {
  const count = (tied: boolean) => countParameters(weightsOf(family.layout(config, tied, reader)));
  const { blocks } = family.layout(config, tied, reader);
  const rotary = describeRotary(config);
  return {
    name,
    family: family.name,
    nLayer: config.nLayer,
    nHead: config.nHead,
    nKvHead: config.nKvHead,
    dHead: config.dHead,
    nEmbd: config.nEmbd,
    nInner: config.nInner,
    nCtx: config.nCtx,
    vocabSize: config.vocabSize,
    activation: config.activation,
    gatedMlp: blocks.some(({ mlpInput }) => mlpInput.kind !== 'plain'),
    norm: config.norm,
    layerNormEpsilon: config.layerNormEpsilon,
    queryKeyNorms: blocks.some(({ queryNorm }) => queryNorm !== null),
    outputNorms: blocks.some(({ attentionOutputNorm }) => attentionOutputNorm !== null),
    positions: rotary.length > 0 ? 'rotary' : 'learned',
    rotary,
    attentionWindow: config.attentionWindow,
    parallelResidual: config.parallelResidual,
    scoreCap: config.scoreCap,
    logitCap: config.logitCap,
    embeddingScale: config.embeddingScale,
    ...count(tied),
    tied,
    untied: tied ? count(false) : null,
  };
}

/** Each way of turning queries and keys once, with the layers that turn so. */
function describeRotary({ rotary }: GptConfig): RotaryDescription[] {
  const ways = new Map<string, RotaryDescription>();
  for (const [layer, turned] of rotary.entries()) {
    if (!turned) continue;
    const { pairs, inverseFrequencies, base, scaling } = turned;
    const features = 2 * inverseFrequencies.length;
    const name = JSON.stringify([base, features, pairs, scaling]);
    const way = ways.get(name);
    if (way) way.layers.push(layer);
    else ways.set(name, { layers: [layer], base, features, pairs, scaling });
  }
  return [...ways.values()];
}

/** @throws {UserError} where the sizes are beyond counting. */
function countParameters(specs: readonly WeightSpec[]): ParameterCounts {
  const counts = new Map<Component, number>();
  let parameters = 0;
  for (const { components, shares, shape } of specs) {
    const size = shape.reduce((product, dim) => product * dim, 1);
    parameters += size;
    for (const [i, component] of components.entries()) {
      const share = Math.round(size * (shares?.[i] ?? 1 / components.length));
      counts.set(component, (counts.get(component) ?? 0) + share);
    }
  }
  if (!Number.isSafeInteger(parameters)) {
    throw new UserError('config.json: a model of these sizes has more parameters than can be counted.'); // prettier-ignore
  }
  return {
    parameters,
    parametersByComponent: componentNames
      .filter((component) => counts.has(component))
      .map((component) => ({ component, parameters: counts.get(component)! })),
  };
}
