import { int64 } from '../../onnx/runtime';
import type { Model } from '../model';
import { attentionAtPosition, attentionOutput, attnOutFactor } from '../parts/attention';
import type { Value } from '../../onnx/graphBuilder';

/** What the heads of one layer did at one query position. */
export interface HeadsAtPosition {
  pattern: Float32Array; // [nHead, position + 1]
  /** What each head added to the residual stream, z W_O: all of them and the bias are attnOut. */
  headOut: Float32Array; // [nHead, nEmbd]
  /** What is added once, whatever the heads do. */
  bias: Float32Array; // [nEmbd]
  attnOut: Float32Array; // [nEmbd]
}

/** Attention at one position only: next to no work beside that of a whole layer. */
export async function attentionAt(
  model: Model,
  layer: number,
  residPre: Float32Array, // [n, nEmbd]
  position: number,
): Promise<HeadsAtPosition> {
  const session = await model.probe(`attention at ${layer}`, (g, architecture) => {
    const { config } = architecture;
    const resid = g.input('residPre', 'F32', ['n', config.nEmbd]);
    const at = g.input('position', 'I64', [1]);
    const { pattern, z } = attentionAtPosition(g, architecture, layer, resid, at);
    const { perHead, bias } = attentionOutput(g, architecture, layer);
    const row = g.op('Unsqueeze', [z, g.constant('I64', [1])]); // [nHead, 1, dHead]
    const headOut = g.op('Squeeze', [g.op('MatMul', [row, perHead]), g.constant('I64', [1])]);
    const sum = g.op('ReduceSum', [headOut, g.constant('I64', [0])], { keepdims: 0n });
    g.output('pattern', pattern, 'F32', [config.nHead, 'seen']);
    const written = g.op('Unsqueeze', [g.op('Add', [sum, bias]), g.constant('I64', [0])]);
    const factor = attnOutFactor(g, architecture, layer, written); // [1, nEmbd]
    const added = (x: Value) => (factor ? g.op('Mul', [x, factor]) : x);
    const asVector = (x: Value) => g.reshape(added(x), [config.nEmbd]);
    g.output('headOut', added(headOut), 'F32', [config.nHead, config.nEmbd]);
    g.output('bias', asVector(bias), 'F32', [config.nEmbd]);
    g.output('attnOut', asVector(written), 'F32', [config.nEmbd]);
  });
  const inputs = { residPre: model.rows(residPre), position: int64([position]) };
  const { pattern, headOut, bias, attnOut } = await session.run(inputs, [
    'pattern',
    'headOut',
    'bias',
    'attnOut',
  ]);
  return {
    pattern: pattern.data as Float32Array,
    headOut: headOut.data as Float32Array,
    bias: bias.data as Float32Array,
    attnOut: attnOut.data as Float32Array,
  };
}
