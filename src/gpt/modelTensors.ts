import { basename } from 'node:path';
import type { ExternalTensor } from '../onnx/graphBuilder';
import { UserError } from '../protocol/userError';
import type { Weights } from '../weights/weights';
import type { Checkpoint } from './checkpoint';
import type { ConfigReader } from './configReader';
import { storedName } from './families/family';
import { weightsOf, type Layout } from './families/layout';

/**
 * The tensors of a layout as a checkpoint holds them, by the names that the layout has for them.
 *
 * @throws {UserError} where one is missing, or not what the model needs.
 */
export function tensorsOf(
  layout: Layout,
  checkpoint: Checkpoint,
  reader: ConfigReader,
): Map<string, ExternalTensor> {
  try {
    return new Map(
      weightsOf(layout).map((spec) => [
        spec.name,
        checkpoint.tensor(storedName(checkpoint, spec), spec.shape),
      ]),
    );
  } catch (cause) {
    // They go by other names then, which says nothing to somebody who only chose the model.
    const method = reader.has('quantization_config') && quantisation(reader);
    if (method === false) throw cause;
    throw new UserError(
      `The weights are quantised${method} ("quantization_config"), which is not supported in this ` +
        'form. Choose the model as it was before, or as a GGUF file.',
      { cause },
    );
  }
}

/** @throws {UserError} where the file holds a tensor that changes what is computed, and is not used. */
export function refuseUnused(
  { tensors, files }: Weights,
  used: ReadonlyMap<string, ExternalTensor>,
): void {
  const places = new Set([...used.values()].map(({ offset }) => offset));
  const unused = [...tensors.values()].find(({ offset }) => !places.has(offset));
  if (unused === undefined) return;
  throw new UserError(
    `${basename(files[0]!.path)} holds "${unused.name}", which this family of models does not have: it ` +
      'would be left out, and the numbers would be wrong. Choose another model.',
  );
}

function quantisation(reader: ConfigReader): string {
  const method = reader.object('quantization_config')?.optionalText('quant_method') ?? null;
  return method === null ? '' : ` by ${method}`;
}
