import type { PassOptions } from '../gpt/betweenStages';
import { Continuation } from '../gpt/continuation';
import { forwardPass } from '../gpt/forwardPass';
import { textKeysValues, type TextKeysValues } from '../gpt/keyValueCache';
import type { Model } from '../gpt/model';

/** A text that can be continued. */
export interface Growing {
  readonly model: Model;
  /** The row of the last residual stream after its last token: [nEmbd]. */
  readonly end: Float32Array;
  append(id: number, options?: PassOptions): Promise<void>;
}

/** A place in the tree of a text's continuations: `length` tokens into the path of a branch. */
export interface Node {
  branch: Branch;
  length: number;
}

/**
 * A text, and tokens that were put behind it: a path in the tree of its continuations. It knows the
 * residual stream after each of them, so it answers for every node of the path.
 */
export class Branch implements Growing {
  private continuation: Continuation | null = null;
  /** Of the path's tokens, as many as somebody asked for. */
  private readonly logprobs: number[] = [];

  /**
   * @param prompt the text's tokens, at least one and at most `nCtx`.
   * @param root the row of the last residual stream after them, [nEmbd].
   * @param keysValues those of a text that begins with the prompt; asked for with the first token.
   */
  constructor(
    readonly model: Model,
    private readonly prompt: readonly number[],
    private readonly root: Float32Array,
    private readonly keysValues: (options: PassOptions) => Promise<TextKeysValues>,
  ) {}

  /** A branch without a path, at the end of a text; only the tail that the context holds is read. */
  static async of(model: Model, ids: readonly number[], options: PassOptions = {}) {
    const prompt = ids.slice(-model.config.nCtx);
    const residual = await forwardPass(model, prompt, { signal: options.signal });
    const root = residual.at(-1)!.subarray(-model.config.nEmbd);
    return new Branch(model, prompt, root, (pass) => textKeysValues(model, residual, pass));
  }

  get path(): number[] {
    return this.continuation?.path() ?? [];
  }

  get length(): number {
    return this.continuation?.length ?? 0;
  }

  /** The row of the last residual stream after the whole path: [nEmbd]. */
  get end(): Float32Array {
    return this.rowAfter(this.length);
  }

  get bytes(): number {
    return this.continuation?.bytes ?? 0;
  }

  /** The row of the last residual stream after the first `length` tokens of the path: [nEmbd]. */
  rowAfter(length: number): Float32Array {
    return length === 0 ? this.root : this.continuation!.rowsAfter(length - 1);
  }

  async append(id: number, options: PassOptions = {}): Promise<void> {
    await (await this.begun(options)).append([id], options);
  }

  /** Another branch, with the first `length` tokens of this one's path. */
  fork(length: number): Branch {
    const fork = new Branch(this.model, this.prompt, this.root, this.keysValues);
    fork.continuation = this.continuation?.select([0], length) ?? null;
    fork.logprobs.push(...this.logprobs.slice(0, length));
    return fork;
  }

  /** The path's first `length` tokens as so many equal sequences, to be continued on their own. */
  async spread(sequences: number, length: number, options: PassOptions): Promise<Continuation> {
    const from = await this.begun(options);
    return from.select(new Array<number>(sequences).fill(0), length);
  }

  /** What each of the path's first `length` tokens was expected with: full vocabulary, natural log. */
  async logprobsUpTo(length: number): Promise<number[]> {
    const known = this.logprobs.length;
    if (known < length) {
      const { nEmbd } = this.model.config;
      const rows = new Float32Array((length - known) * nEmbd);
      for (let i = known; i < length; i++) rows.set(this.rowAfter(i), (i - known) * nEmbd);
      const ids = this.path.slice(known, length);
      const { actualLogit, logSumExp } = await this.model.distributions(rows, ids, 1);
      for (const i of ids.keys()) this.logprobs.push(actualLogit[i]! - logSumExp[i]!);
    }
    return this.logprobs.slice(0, length);
  }

  private async begun(options: PassOptions): Promise<Continuation> {
    this.continuation ??= Continuation.of(this.model, this.prompt, await this.keysValues(options));
    return this.continuation;
  }
}
