/**
 * Runs tasks one after the other, in the order they came: the model's graphs use all threads, so
 * two passes at once would only slow each other down, and a model must not be given back while a
 * pass uses it. A task that was cancelled while it waited never starts.
 */
export class Queue {
  private last: Promise<unknown> = Promise.resolve();

  run<T>(task: () => Promise<T>, signal?: AbortSignal): Promise<T> {
    const start = () => {
      signal?.throwIfAborted();
      return task();
    };
    const result = this.last.then(start, start);
    this.last = result.catch(() => undefined);
    return result;
  }
}
