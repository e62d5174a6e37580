import type { GraphBuilder, Value } from '../../onnx/graphBuilder';
import type { Architecture } from '../families/family';
import { activate } from '../stages/activation';
import { linear, matrix } from './linear';
import { gainOf, normalise } from './normalise';

/**
 * The neurons of a layer before and after their activation function, [n, nInner], for what the MLP
 * reads, [n, nEmbd]. A gated neuron's activation is that of its gate times its other input; what
 * stands before the function is the gate (as in TransformerLens).
 */
export function mlpNeurons(
  g: GraphBuilder,
  model: Architecture,
  layer: number,
  mlpIn: Value,
): { mlpPre: Value; mlpPost: Value } {
  const { attentionNorm, mlpNorm, mlpInput } = model.layout.blocks[layer]!;
  const read = normalise(g, model, mlpNorm ?? attentionNorm, mlpIn);
  const { activation } = model.config;
  if (mlpInput.kind === 'plain') {
    const mlpPre = linear(g, model, mlpInput.up, read);
    return { mlpPre, mlpPost: activate(g, mlpPre, activation) };
  }
  const [mlpPre, up] = (
    mlpInput.kind === 'gated'
      ? [linear(g, model, mlpInput.gate, read), linear(g, model, mlpInput.up, read)]
      : g.ops('Split', [linear(g, model, mlpInput.gateUp, read)], 2, {
          axis: 1n,
          num_outputs: 2n,
        })
  ) as [Value, Value];
  return { mlpPre, mlpPost: g.op('Mul', [activate(g, mlpPre, activation), up]) };
}

/** mlpPost [n, nInner] → what the MLP adds to the residual stream, [n, nEmbd]. */
export function mlpOut(g: GraphBuilder, model: Architecture, layer: number, mlpPost: Value): Value {
  const { mlpOutput, mlpOutputNorm } = model.layout.blocks[layer]!;
  const written = linear(g, model, mlpOutput, mlpPost);
  return mlpOutputNorm ? normalise(g, model, mlpOutputNorm, written) : written;
}

/**
 * What neurons of a layer write when their activation is 1, [neurons, nEmbd]; before the scale of
 * the norm of what the MLP writes, where the model has one.
 *
 * @param neurons [neurons] int64; null for all.
 */
export function neuronOutputs(
  g: GraphBuilder,
  model: Architecture,
  layer: number,
  neurons: Value | null,
): Value {
  const { mlpOutput, mlpOutputNorm } = model.layout.blocks[layer]!;
  let rows: Value;
  if (neurons === null) rows = matrix(g, model, mlpOutput);
  else if (mlpOutput.stored === 'inOut')
    rows = g.weightRows(model.weight(mlpOutput.weight), neurons); // prettier-ignore
  else {
    const stored = g.weight(model.weight(mlpOutput.weight)); // [nEmbd, nInner]
    rows = g.transpose(g.op('Gather', [stored, neurons], { axis: 1n }), [1, 0]);
  }
  return mlpOutputNorm ? g.op('Mul', [rows, gainOf(g, model, mlpOutputNorm)]) : rows;
}
