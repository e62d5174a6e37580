import { access, open } from 'node:fs/promises';
import { join } from 'node:path';
import type { ExternalTensor } from '../onnx/graphBuilder';
import { UserError } from '../protocol/userError';
import { readSafetensors, type Safetensors, type StoredTensor } from '../weights/safetensors';

type WeightDtype = ExternalTensor['dtype'];

/** The weights of a model folder, by name, with the shape that the model needs them in. */
export class Checkpoint {
  private constructor(
    private readonly file: Safetensors,
    /** What this file puts in front of every name, such as `transformer.`. */
    private readonly prefix: string,
  ) {}

  /**
   * @param prefix what the names of the tensors may begin with in the file; `probe` tells whether
   *   they do.
   * @throws {UserError} where there is no `model.safetensors`, or not a valid one.
   */
  static async open(folder: string, prefix: string, probe: string): Promise<Checkpoint> {
    const path = join(folder, 'model.safetensors');
    const missing = await access(path).then(
      () => false,
      (error: NodeJS.ErrnoException) => error.code === 'ENOENT',
    );
    if (missing) throw await noWeights(folder);
    const file = await readSafetensors(path);
    return new Checkpoint(file, file.tensors.has(prefix + probe) ? prefix : '');
  }

  /** Real folder of the weights' file. */
  get folder(): string {
    return this.file.folder;
  }

  /** Size of the weights' file. */
  get bytes(): number {
    return this.file.bytes;
  }

  has(name: string): boolean {
    return this.find(name) !== undefined;
  }

  /** Whether two tensors are the same, byte for byte; false where one is missing. */
  async sameData(name: string, other: string): Promise<boolean> {
    const a = this.find(name);
    const b = this.find(other);
    if (!a || !b || a.dtype !== b.dtype || a.bytes !== b.bytes) return false;
    const chunk = 1 << 20;
    const file = await open(join(this.file.folder, this.file.fileName));
    try {
      for (let at = 0; at < a.bytes; at += chunk) {
        const length = Math.min(chunk, a.bytes - at);
        const [left, right] = await Promise.all(
          [a, b].map(({ offset }) => file.read(Buffer.alloc(length), 0, length, offset + at)),
        );
        if (!left!.buffer.equals(right!.buffer)) return false;
      }
      return true;
    } finally {
      await file.close();
    }
  }

  /** @throws {UserError} where the tensor is missing, or has another shape, or no float dtype. */
  tensor(name: string, shape: number[]): ExternalTensor {
    const stored = this.find(name);
    if (!stored) {
      throw new UserError(
        `The weights lack the tensor "${name}", so they do not belong to this config.json. ` +
          'Download or export the model again.',
      );
    }
    if (stored.shape.length !== shape.length || stored.shape.some((dim, i) => dim !== shape[i])) {
      throw new UserError(
        `The tensor "${name}" has the shape [${stored.shape.join(', ')}], but by config.json it ` +
          `must be [${shape.join(', ')}]. Download or export the model again.`,
      );
    }
    if (!isWeightDtype(stored.dtype)) {
      throw new UserError(
        `The tensor "${name}" is stored as ${stored.dtype}, which is not supported. ` +
          'Export the model as F32, F16 or BF16.',
      );
    }
    const { offset, bytes } = stored;
    return { name, dtype: stored.dtype, shape, fileName: this.file.fileName, offset, bytes };
  }

  private find(name: string): StoredTensor | undefined {
    return this.file.tensors.get(this.prefix + name) ?? this.file.tensors.get(name);
  }
}

function isWeightDtype(dtype: string): dtype is WeightDtype {
  return dtype === 'F32' || dtype === 'F16' || dtype === 'BF16';
}

async function noWeights(folder: string): Promise<UserError> {
  const exists = (name: string) =>
    access(join(folder, name)).then(
      () => true,
      () => false,
    );
  if (await exists('model.safetensors.index.json')) {
    return new UserError(
      `The weights in ${folder} are split over several files, which is not supported yet. ` +
        'Save them as one model.safetensors.',
    );
  }
  if (await exists('pytorch_model.bin')) {
    return new UserError(
      `${folder} holds pickled weights (pytorch_model.bin), which are unsafe to open. Convert them ` +
        'with AutoModelForCausalLM.from_pretrained(FOLDER).save_pretrained(FOLDER).',
    );
  }
  return new UserError(
    `${folder} has no model.safetensors. Choose a folder with config.json and model.safetensors.`,
  );
}
