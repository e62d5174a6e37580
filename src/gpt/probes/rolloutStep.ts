import type { Tensor } from '../../onnx/runtime';
import type { Model } from '../model';

/**
 * Takes attention rollout one layer further: half of the attention's mean over heads and half the
 * residual connection, rows summing to 1, times the rollout so far. All [n, n].
 */
export async function rolloutStep(
  model: Model,
  meanPattern: Float32Array,
  rollout: Float32Array,
): Promise<Float32Array> {
  const session = await model.probe('rollout step', (g) => {
    const mean = g.input('mean', 'F32', ['n', 'n']);
    const before = g.input('rollout', 'F32', ['n', 'n']);
    const half = g.constant('F32', [0.5], []);
    const identity = g.op('EyeLike', [mean]);
    const mixed = g.op('Mul', [g.op('Add', [mean, identity]), half]);
    const sums = g.op('ReduceSum', [mixed, g.constant('I64', [-1])], { keepdims: 1n });
    g.output('next', g.op('MatMul', [g.op('Div', [mixed, sums]), before]), 'F32', ['n', 'n']);
  });
  const n = Math.sqrt(rollout.length);
  const square = (data: Float32Array): Tensor => ({ data, dims: [n, n] });
  const inputs = { mean: square(meanPattern), rollout: square(rollout) };
  return (await session.run(inputs, ['next'])).next.data as Float32Array;
}
