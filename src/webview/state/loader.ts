import { failureSentence } from '../failureSentence';

/** Something that is asked of the host: not there yet, there, or refused with a sentence. */
export type Loadable<T> =
  { status: 'loading' } | { status: 'ready'; value: T } | { status: 'failed'; message: string };

const loading: Loadable<never> = { status: 'loading' };

/**
 * Answers by key, asked for one at a time. While an answer is awaited only the latest wish is
 * remembered, so that a held arrow key does not queue up work that nobody will look at. The
 * `capacity` answers that were looked at last are kept.
 */
export class Loader<T> {
  private readonly answers = new Map<string, Loadable<T>>();
  private current: string | null = null;
  private wish: { key: string; load: () => Promise<T> } | null = null;
  private generation = 0;

  constructor(
    private readonly capacity: number,
    private readonly changed: () => void,
  ) {}

  /** What is known now; asks where nothing is, and calls `changed` when there is more. */
  get(key: string, load: () => Promise<T>): Loadable<T> {
    const answer = this.answers.get(key);
    if (answer) {
      this.answers.delete(key);
      this.answers.set(key, answer); // looked at last
      return answer;
    }
    this.wish = this.current === key ? null : { key, load };
    this.start();
    return loading;
  }

  /** All answers that are there, by key. */
  ready(): [key: string, value: T][] {
    return [...this.answers].flatMap(([key, answer]): [string, T][] =>
      answer.status === 'ready' ? [[key, answer.value]] : [],
    );
  }

  /** Forgets failures, so that the next `get` asks again. */
  retry(): void {
    for (const [key, { status }] of this.answers) {
      if (status === 'failed') this.answers.delete(key);
    }
    this.changed();
  }

  /** Forgets everything; an answer that is still on its way will be dropped. */
  clear(): void {
    this.generation++;
    this.answers.clear();
    this.current = null;
    this.wish = null;
  }

  private start(): void {
    if (this.current !== null || this.wish === null) return;
    const { key, load } = this.wish;
    this.wish = null;
    this.current = key;
    const generation = this.generation;
    load().then(
      (value) => this.settle(generation, key, { status: 'ready', value }),
      (error: unknown) =>
        this.settle(generation, key, {
          status: 'failed',
          message: failureSentence(error),
        }),
    );
  }

  private settle(generation: number, key: string, answer: Loadable<T>): void {
    if (generation !== this.generation) return;
    this.current = null;
    this.answers.set(key, answer);
    for (const oldest of this.answers.keys()) {
      if (this.answers.size <= this.capacity) break;
      this.answers.delete(oldest);
    }
    this.start();
    this.changed();
  }
}
