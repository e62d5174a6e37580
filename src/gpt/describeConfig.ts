import type { ConfigDescription, ParameterCounts } from '../protocol/modelPage';
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
    ...count(tied),
    tied,
    untied: tied ? count(false) : null,
  };
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
