import { basename, dirname, extname } from 'node:path';
import { UserError } from '../protocol/userError';

/** A sentence about a file that holds no weights which can be opened, and what to do instead. */
export function refuseOtherFormat(path: string): UserError {
  const name = basename(path);
  const folder = dirname(path);
  /** One line that writes the folder's weights as safetensors. */
  const convert = (options = '') =>
    'Convert it: python -c "from transformers import AutoModelForCausalLM as M; ' +
    `M.from_pretrained('${folder}'${options}).save_pretrained('${folder}')".`;
  switch (extname(name).toLowerCase()) {
    case '.safetensors':
    case '.json':
      return new UserError(`${name} is one file of a model. Choose its folder, ${folder}.`);
    case '.bin':
    case '.pth':
      return new UserError(`${name} holds pickled weights, which are unsafe to open. ${convert()}`);
    case '.pt':
    case '.ckpt':
      return new UserError(
        `${name} holds pickled weights, which are unsafe to open. Convert it: python -c "import ` +
          'json, torch; from safetensors.torch import save_file; ' +
          `c = torch.load('${path}', map_location='cpu'); m = c['model']; m.pop('lm_head.weight', 0); ` +
          `save_file({k: v.clone() for k, v in m.items()}, '${folder}/model.safetensors'); ` +
          `json.dump(c['model_args'], open('${folder}/config.json', 'w'))".`,
      );
    case '.h5':
      return new UserError(
        `${name} holds TensorFlow's weights, which are not supported. ${convert(', from_tf=True')}`,
      );
    case '.msgpack':
      return new UserError(
        `${name} holds Flax's weights, which are not supported. ${convert(', from_flax=True')}`,
      );
    case '.onnx':
      return new UserError(
        `${name} is a finished graph, which cannot be opened up. Choose the checkpoint that it was ` +
          'exported from.',
      );
    default:
      return new UserError(
        `${path} is not a model. Choose a folder with config.json and model.safetensors, or a ` +
          'GGUF file.',
      );
  }
}
