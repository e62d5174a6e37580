/**
 * One computation that several askers wait for: asked again with the same key it is not started
 * again, its result is kept until another key is asked for, and it is aborted when the last asker
 * has gone and none comes back within the grace period.
 */
export class SharedRequest<T> {
  private current: { key: string; result: Promise<T>; controller: AbortController } | null = null;
  private waiting = 0;
  private settled = false;

  constructor(private readonly graceMs: number) {}

  /** The result for the key; rejects with the signal's reason when this asker goes. */
  async ask(key: string, signal: AbortSignal, start: (signal: AbortSignal) => Promise<T>) {
    if (this.current?.key !== key) this.begin(key, start);
    const { current } = this;
    if (!current) throw new Error('unreachable');
    this.waiting += 1;
    try {
      return await Promise.race([current.result, aborted(signal)]);
    } finally {
      if (this.current === current) {
        this.waiting -= 1;
        if (this.waiting === 0 && !this.settled) this.abortLater(current);
      }
    }
  }

  /** Forgets the result and aborts what is under way. */
  clear(): void {
    this.current?.controller.abort();
    this.current = null;
  }

  private begin(key: string, start: (signal: AbortSignal) => Promise<T>): void {
    this.clear();
    const controller = new AbortController();
    const current = { key, result: start(controller.signal), controller };
    this.current = current;
    this.waiting = 0;
    this.settled = false;
    current.result.then(
      () => {
        if (this.current === current) this.settled = true;
      },
      () => {
        // A failure is not kept: the next asker tries again.
        if (this.current === current) this.current = null;
      },
    );
  }

  private abortLater(current: NonNullable<typeof this.current>): void {
    setTimeout(() => {
      if (this.current === current && this.waiting === 0 && !this.settled) this.clear();
    }, this.graceMs);
  }
}

function aborted(signal: AbortSignal): Promise<never> {
  return new Promise((_resolve, reject) => {
    const fail = () => reject(signal.reason as Error);
    if (signal.aborted) fail();
    else signal.addEventListener('abort', fail, { once: true });
  });
}
