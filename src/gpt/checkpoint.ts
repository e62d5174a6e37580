import { open } from 'node:fs/promises';
import { join } from 'node:path';
import type { ExternalTensor } from '../onnx/graphBuilder';
import { UserError } from '../protocol/userError';
import { weightDtypes, type WeightDtype } from '../weights/blockFormats';
import type { PlacedTensor, Weights } from '../weights/weights';

/** The weights of a model, by name, with the shape that the model needs them in. */
export class Checkpoint {
  private readonly prefix: string;

  /**
   * @param prefix what the names of the tensors may begin with in the file; `probe` tells whether
   *   they do.
   */
  constructor(
    private readonly weights: Weights,
    prefix: string,
    probe: string,
  ) {
    this.prefix = weights.tensors.has(prefix + probe) ? prefix : '';
  }

  has(name: string): boolean {
    return this.find(name) !== undefined;
  }

  /** Whether two tensors are the same, byte for byte; false where one is missing. */
  async sameData(name: string, other: string): Promise<boolean> {
    const a = this.find(name);
    const b = this.find(other);
    if (!a || !b || a.dtype !== b.dtype || a.bytes !== b.bytes) return false;
    if (a.transposed !== b.transposed) return false;
    const chunk = 1 << 20;
    const [fileA, fileB] = await Promise.all([this.openFileOf(a), this.openFileOf(b)]);
    try {
      for (let at = 0; at < a.bytes; at += chunk) {
        const length = Math.min(chunk, a.bytes - at);
        const [left, right] = await Promise.all([
          fileA.read(Buffer.alloc(length), 0, length, a.offset + at),
          fileB.read(Buffer.alloc(length), 0, length, b.offset + at),
        ]);
        if (!left.buffer.equals(right.buffer)) return false;
      }
      return true;
    } finally {
      await Promise.all([fileA.close(), fileB.close()]);
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
    const { dtype, fileName, offset, bytes, transposed } = stored;
    if (!isWeightDtype(dtype)) {
      throw new UserError(
        `The tensor "${name}" is stored as ${dtype}, which is not supported. Choose the model in one ` +
          `of ${weightDtypes.join(', ')}.`,
      );
    }
    const place = { name, dtype, shape, fileName, offset, bytes };
    return transposed ? { ...place, transposed } : place;
  }

  private find(name: string): PlacedTensor | undefined {
    return this.weights.tensors.get(this.prefix + name) ?? this.weights.tensors.get(name);
  }

  private openFileOf({ fileName }: PlacedTensor) {
    return open(join(this.weights.folder, fileName));
  }
}

function isWeightDtype(dtype: string): dtype is WeightDtype {
  return (weightDtypes as readonly string[]).includes(dtype);
}
