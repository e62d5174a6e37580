import type { GraphBuilder, Value } from '../../onnx/graphBuilder';
import type { Activation } from '../config';

/** The MLP's activation function, element by element. */
export function activate(g: GraphBuilder, x: Value, activation: Activation): Value {
  switch (activation) {
    case 'gelu':
      return g.op('Gelu', [x]);
    case 'geluTanh':
      return g.op('Gelu', [x], { approximate: 'tanh' });
    case 'relu':
      return g.op('Relu', [x]);
    case 'silu':
      return g.op('Mul', [x, g.op('Sigmoid', [x])]);
    case 'tanh':
      return g.op('Tanh', [x]);
  }
}
