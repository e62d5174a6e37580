import { int64 } from '../../onnx/runtime';
import type { Model } from '../model';
import { mlpNeurons, mlpOut as written, neuronOutputs as outputsOf } from '../parts/mlp';

/** What the MLPs of a model read: the residual stream as attention found it, or as attention left it. */
export function mlpReads(model: Model, residPre: Float32Array, residMid: Float32Array) {
  return model.config.parallelResidual ? residPre : residMid;
}

/** What the MLP of one layer did at some positions. */
export interface MlpRows {
  /** The neurons after their activation function. */
  mlpPost: Float32Array; // [m, nInner]
  mlpOut: Float32Array; // [m, nEmbd]
}

/** The MLP half of a block, for any rows that it reads, [m, nEmbd]: of residMid, but see `mlpReads`. */
export async function mlp(model: Model, layer: number, mlpIn: Float32Array): Promise<MlpRows> {
  const session = await model.probe(`MLP ${layer}`, (g, architecture) => {
    const { nEmbd, nInner } = architecture.config;
    const resid = g.input('mlpIn', 'F32', ['m', nEmbd]);
    const { mlpPost } = mlpNeurons(g, architecture, layer, resid);
    g.output('mlpPost', mlpPost, 'F32', ['m', nInner]);
    g.output('mlpOut', written(g, architecture, layer, mlpPost), 'F32', ['m', nEmbd]);
  });
  const inputs = { mlpIn: model.rows(mlpIn) };
  const { mlpPost, mlpOut } = await session.run(inputs, ['mlpPost', 'mlpOut']);
  return { mlpPost: mlpPost.data as Float32Array, mlpOut: mlpOut.data as Float32Array };
}

/** What the chosen neurons of a layer write when their activation is 1: [neurons, nEmbd]. */
export async function neuronOutputs(
  model: Model,
  layer: number,
  neurons: readonly number[],
): Promise<Float32Array> {
  const session = await model.probe(`neuron outputs ${layer}`, (g, architecture) => {
    const chosen = g.input('neurons', 'I64', ['m']);
    const rows = outputsOf(g, architecture, layer, chosen);
    g.output('rows', rows, 'F32', ['m', architecture.config.nEmbd]);
  });
  return (await session.run({ neurons: int64(neurons) }, ['rows'])).rows.data as Float32Array;
}

/** ‖what each neuron of a layer writes when its activation is 1‖, [nInner]. */
export async function neuronOutputNorms(model: Model, layer: number): Promise<Float32Array> {
  const session = await model.probe(`neuron output norms ${layer}`, (g, architecture) => {
    const outputs = outputsOf(g, architecture, layer, null); // [nInner, nEmbd]
    const norms = g.op('ReduceL2', [outputs, g.constant('I64', [-1])], { keepdims: 0n });
    g.output('norms', norms, 'F32', [architecture.config.nInner]);
  });
  return (await session.run({}, ['norms'])).norms.data as Float32Array;
}

/** Activations of the chosen neurons of a layer at any rows that the MLP reads, [m, nEmbd]: [m, neurons]. */
export async function neuronActivations(
  model: Model,
  layer: number,
  mlpIn: Float32Array,
  neurons: readonly number[],
): Promise<Float32Array> {
  const session = await model.probe(`neuron activations ${layer}`, (g, architecture) => {
    const resid = g.input('mlpIn', 'F32', ['m', architecture.config.nEmbd]);
    const chosen = g.input('neurons', 'I64', ['k']);
    const { mlpPost } = mlpNeurons(g, architecture, layer, resid);
    g.output('activations', g.op('Gather', [mlpPost, chosen], { axis: 1n }), 'F32', ['m', 'k']);
  });
  const inputs = { mlpIn: model.rows(mlpIn), neurons: int64(neurons) };
  return (await session.run(inputs, ['activations'])).activations.data as Float32Array;
}
