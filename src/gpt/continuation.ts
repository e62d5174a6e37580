import type { PassOptions } from './betweenStages';
import { forwardPass } from './forwardPass';
import { KeyValueCache, type TextKeysValues } from './keyValueCache';
import type { Model } from './model';

/**
 * b sequences of equal length that go on from one text, and the residual stream after each token
 * that was added. While the context has room a token costs a row; once it is full the oldest token
 * drops out with each new one, and since positions are learned, all others move to another one: then
 * a token costs a pass.
 */
export class Continuation {
  /** What was added, [length] of [b]. */
  private readonly added: (readonly number[])[] = [];
  /** Rows of the last residual stream after each added token, [length] of [b, nEmbd]. */
  private readonly rows: Float32Array[] = [];

  private constructor(
    private readonly model: Model,
    /** The tokens that all sequences go on from; as many as the context holds, or fewer. */
    private readonly prompt: readonly number[],
    private readonly cache: KeyValueCache,
    readonly sequences: number,
  ) {}

  /** A single sequence, to which nothing was added. @param prompt the beginning of the text. */
  static of(model: Model, prompt: readonly number[], text: TextKeysValues): Continuation {
    return new Continuation(model, prompt, new KeyValueCache(model, text, prompt.length), 1);
  }

  get length(): number {
    return this.added.length;
  }

  get bytes(): number {
    return this.cache.bytes + this.rows.reduce((sum, { byteLength }) => sum + byteLength, 0);
  }

  /** What was added to one sequence. */
  path(sequence = 0): number[] {
    return this.added.map((ids) => ids[sequence]!);
  }

  /** Rows of the last residual stream after the added token at `index`: [b, nEmbd]. */
  rowsAfter(index: number): Float32Array {
    return this.rows[index]!;
  }

  /** Adds a token to each sequence. @throws the signal's reason; then nothing was added. */
  async append(ids: readonly number[] /* [b] */, options: PassOptions = {}): Promise<Float32Array> {
    const rows = this.cache.full
      ? await this.passes(ids, options)
      : await this.cache.append(ids, options);
    this.added.push(ids);
    this.rows.push(rows);
    return rows;
  }

  /** The first `length` added tokens of some sequences, each as often as it is named. */
  select(sequences: readonly number[], length = this.length): Continuation {
    const cache = this.cache.select(sequences, Math.min(length, this.cache.length));
    const chosen = new Continuation(this.model, this.prompt, cache, sequences.length);
    const { nEmbd } = this.model.config;
    for (let i = 0; i < length; i++) {
      chosen.added.push(sequences.map((sequence) => this.added[i]![sequence]!));
      const rows = new Float32Array(sequences.length * nEmbd);
      for (const [at, sequence] of sequences.entries()) {
        const row = this.rows[i]!.subarray(sequence * nEmbd, (sequence + 1) * nEmbd);
        rows.set(row, at * nEmbd);
      }
      chosen.rows.push(rows);
    }
    return chosen;
  }

  /** The last rows of whole passes, each over the last tokens that the context holds. */
  private async passes(ids: readonly number[], { signal }: PassOptions): Promise<Float32Array> {
    const { nCtx, nEmbd } = this.model.config;
    const rows = new Float32Array(ids.length * nEmbd);
    for (const [sequence, id] of ids.entries()) {
      const window = [...this.prompt, ...this.path(sequence), id].slice(-nCtx);
      const residual = await forwardPass(this.model, window, { signal });
      rows.set(residual.at(-1)!.subarray(-nEmbd), sequence * nEmbd);
    }
    return rows;
  }
}
