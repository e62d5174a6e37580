import type { ConfigDescription, ParameterCounts } from '../protocol/modelPage';
import { UserError } from '../protocol/userError';
import type { GptConfig } from './config';
import type { ConfigReader } from './configReader';
import { componentNames, type Component, type Family, type WeightSpec } from './families/family';
import { familyOf } from './families/registry';

/**
 * What a model would be made of by its config.json alone.
 *
 * @param name what it is called where the file does not say.
 * @throws {UserError} where it is no configuration of a family that is supported.
 */
export async function describeConfig(
  reader: ConfigReader,
  name: string,
): Promise<ConfigDescription> {
  const family = familyOf(reader);
  const config = family.readConfig(reader);
  const tied = await family.isTied(reader, null);
  return describeArchitecture(reader.text('name', '') || name, family, config, tied);
}

/** A model's sizes and constants, and its parameters by component. */
export function describeArchitecture(
  name: string,
  family: Family,
  config: GptConfig,
  tied: boolean,
): ConfigDescription {
  const { nLayer, nHead, nEmbd, nInner, nCtx, vocabSize, activation, layerNormEpsilon } = config;
  return {
    name,
    family: family.name,
    nLayer,
    nHead,
    nEmbd,
    nInner,
    nCtx,
    vocabSize,
    activation,
    layerNormEpsilon,
    ...countParameters(family.weights(config, tied)),
    tied,
    untied: tied ? countParameters(family.weights(config, false)) : null,
  };
}

/** @throws {UserError} where the sizes are beyond counting. */
function countParameters(specs: readonly WeightSpec[]): ParameterCounts {
  const counts = new Map<Component, number>();
  let parameters = 0;
  for (const { components, shape } of specs) {
    const size = shape.reduce((product, dim) => product * dim, 1);
    parameters += size;
    for (const component of components) {
      counts.set(component, (counts.get(component) ?? 0) + size / components.length);
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
