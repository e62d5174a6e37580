import type { Session, Tensor } from '../onnx/runtime';

type AnyTensor = Tensor<Float32Array | BigInt64Array>;

/**
 * A graph that first runs with its weights where the system has mapped them, and has them packed for
 * faster products from its second run on. Packing the unembedding takes about as long as packing all
 * blocks, and the first prediction need not wait for it.
 */
export class PackedLater {
  /** One run after the other: none may still want the graph that another one replaces. */
  private last: Promise<unknown> = Promise.resolve();
  private hasRun = false;

  /**
   * @param session with mapped weights.
   * @param pack makes the same with packed weights; null where they are to stay mapped.
   */
  constructor(
    private session: Session | null,
    private pack: (() => Promise<Session>) | null,
  ) {}

  /** As `Session.run`. @throws what `pack` throws; the next run tries it again. */
  run<Output extends string>(
    inputs: Record<string, AnyTensor>,
    outputs: readonly Output[],
  ): Promise<Record<Output, AnyTensor>> {
    const result = this.last.then(async () => (await this.ready()).run(inputs, outputs));
    this.last = result.catch(() => undefined);
    return result;
  }

  async release(): Promise<void> {
    await this.last;
    await this.session?.release();
  }

  private async ready(): Promise<Session> {
    if (this.session && !(this.hasRun && this.pack)) {
      this.hasRun = true;
      return this.session;
    }
    // Given back first: both at once would hold the weights twice.
    await this.session?.release();
    this.session = null;
    this.session = await this.pack!();
    this.pack = null;
    return this.session;
  }
}
