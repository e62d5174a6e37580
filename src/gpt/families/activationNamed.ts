import { UserError } from '../../protocol/userError';
import type { Activation } from '../config';

/** The activation function that config.json names. @throws {UserError} where it is another one. */
export function activationNamed(name: string): Activation {
  switch (name) {
    case 'gelu_new':
    case 'gelu_fast':
    case 'gelu_pytorch_tanh':
    case 'gelu_python_tanh':
      return 'geluTanh';
    case 'gelu':
    case 'gelu_python':
      return 'gelu';
    case 'relu':
      return 'relu';
    case 'silu':
    case 'swish':
      return 'silu';
    case 'tanh':
      return 'tanh';
    default:
      throw new UserError(
        `config.json: the activation function "${name}" is not supported; ` +
          'gelu_new, gelu, relu, silu and tanh are.',
      );
  }
}
