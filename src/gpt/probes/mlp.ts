import { int64 } from '../../onnx/runtime';
import type { Model } from '../model';

/** What the MLP of one layer did at some positions. */
export interface MlpRows {
  /** The neurons after their activation function. */
  mlpPost: Float32Array; // [m, nInner]
  mlpOut: Float32Array; // [m, nEmbd]
}

/** The MLP half of a block, for any rows of residMid, [m, nEmbd]. */
export async function mlp(model: Model, layer: number, residMid: Float32Array): Promise<MlpRows> {
  const session = await model.probe(`MLP ${layer}`, (g, family, architecture) => {
    const { nEmbd, nInner } = architecture.config;
    const resid = g.input('residMid', 'F32', ['m', nEmbd]);
    const { mlpPost } = family.mlpNeurons(g, architecture, layer, resid);
    g.output('mlpPost', mlpPost, 'F32', ['m', nInner]);
    g.output('mlpOut', family.mlpOut(g, architecture, layer, mlpPost), 'F32', ['m', nEmbd]);
  });
  const inputs = { residMid: model.rows(residMid) };
  const { mlpPost, mlpOut } = await session.run(inputs, ['mlpPost', 'mlpOut']);
  return { mlpPost: mlpPost.data as Float32Array, mlpOut: mlpOut.data as Float32Array };
}

/** What the chosen neurons of a layer write when their activation is 1: [neurons, nEmbd]. */
export async function neuronOutputs(
  model: Model,
  layer: number,
  neurons: readonly number[],
): Promise<Float32Array> {
  const session = await model.probe(`neuron outputs ${layer}`, (g, family, architecture) => {
    const chosen = g.input('neurons', 'I64', ['m']);
    const table = g.storedWeight(family.neuronOutputs(architecture, layer));
    const rows = g.cast(g.op('Gather', [table, chosen], { axis: 0n }), 'F32');
    g.output('rows', rows, 'F32', ['m', architecture.config.nEmbd]);
  });
  return (await session.run({ neurons: int64(neurons) }, ['rows'])).rows.data as Float32Array;
}

/** ‖what each neuron of a layer writes when its activation is 1‖, [nInner]. */
export async function neuronOutputNorms(model: Model, layer: number): Promise<Float32Array> {
  const session = await model.probe(`neuron output norms ${layer}`, (g, family, architecture) => {
    const outputs = g.weight(family.neuronOutputs(architecture, layer)); // [nInner, nEmbd]
    const norms = g.op('ReduceL2', [outputs, g.constant('I64', [-1])], { keepdims: 0n });
    g.output('norms', norms, 'F32', [architecture.config.nInner]);
  });
  return (await session.run({}, ['norms'])).norms.data as Float32Array;
}

/** Activations of the chosen neurons of a layer at any rows of residMid, [m, nEmbd]: [m, neurons]. */
export async function neuronActivations(
  model: Model,
  layer: number,
  residMid: Float32Array,
  neurons: readonly number[],
): Promise<Float32Array> {
  const session = await model.probe(`neuron activations ${layer}`, (g, family, architecture) => {
    const resid = g.input('residMid', 'F32', ['m', architecture.config.nEmbd]);
    const chosen = g.input('neurons', 'I64', ['k']);
    const { mlpPost } = family.mlpNeurons(g, architecture, layer, resid);
    g.output('activations', g.op('Gather', [mlpPost, chosen], { axis: 1n }), 'F32', ['m', 'k']);
  });
  const inputs = { residMid: model.rows(residMid), neurons: int64(neurons) };
  return (await session.run(inputs, ['activations'])).activations.data as Float32Array;
}
