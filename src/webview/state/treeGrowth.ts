import type { RunRef, Sampling } from '../../protocol/inspection';
import { failureSentence } from '../failureSentence';
import { counted } from '../format';
import { type ContinuationTree, pathTo } from './continuationTree';
import type { PanelStore } from './store';

/** Where a text is gone on from. */
interface Start {
  run: RunRef;
  position: number;
}

/**
 * Lets a tree of continuations grow after its selected node, one thing at a time; what has come stays,
 * however it ends. Each way to grow resolves with the sentence of what went wrong; null where nothing
 * did, or where it was stopped.
 */
export class TreeGrowth {
  private work: { tree: ContinuationTree; abort: AbortController; message: string } | null = null;

  constructor(
    private readonly store: PanelStore,
    private readonly changed: () => void,
  ) {}

  /** What is being computed, in words; null while nothing is. */
  get message(): string | null {
    return this.work?.message ?? null;
  }

  /** Stops what is under way, or only what is under way in one tree. */
  stop(tree = this.work?.tree): void {
    if (this.work?.tree === tree) this.work?.abort.abort();
  }

  /** Adds one token, and selects it. */
  add(tree: ContinuationTree, id: number): Promise<string | null> {
    const from = tree.selected;
    return this.during(tree, 'Adding the token', async (start, signal) => {
      const path = [...idsTo(from), id];
      const end = await this.store.request('nextTokens', { ...start, path, topK: 1 }, signal);
      if (tree.has(from)) tree.select(tree.add(from, end.path.at(-1)!));
    });
  }

  /** Adds tokens one by one, as many as are chosen, and selects the last. */
  goOn(tree: ContinuationTree, sampling: Sampling): Promise<string | null> {
    const { continueCount: count, continueSeed: seed } = this.store.choices;
    if (sampling.temperature > 0) this.store.choose({ continueSeed: (seed + 1) % 2 ** 32 });
    let node = tree.selected;
    return this.during(tree, `Token 1 of ${count}`, async (start, signal) => {
      for (let drawn = 0; drawn < count; drawn++) {
        this.tell(`Token ${drawn + 1} of ${count}`);
        const params = { ...start, path: idsTo(node), count: 1, sampling, seed, drawn };
        const { tokens, stop } = await this.store.request('continue', params, signal);
        if (!tree.has(node)) return;
        node = tree.extend(node, tokens);
        tree.select(node);
        if (stop === 'endOfText') return;
      }
    });
  }

  /** Adds all sequences of a beam search, and selects the end of the likeliest. */
  search(tree: ContinuationTree): Promise<string | null> {
    const { beamWidth: width, continueCount: length } = this.store.choices;
    const from = tree.selected;
    const message = `Following ${counted(width, 'sequence')} over ${counted(length, 'token')}`;
    return this.during(tree, message, async (start, signal) => {
      const params = { ...start, path: idsTo(from), width, length };
      const beams = await this.store.request('beam', params, signal);
      if (!tree.has(from)) return;
      const ends = beams.map(({ tokens }) => tree.extend(from, tokens));
      if (ends[0]) tree.select(ends[0]);
    });
  }

  private async during(
    tree: ContinuationTree,
    message: string,
    work: (start: Start, signal: AbortSignal) => Promise<void>,
  ): Promise<string | null> {
    const { result, position } = this.store;
    if (!result || position === null || this.work) return null;
    const abort = new AbortController();
    this.work = { tree, abort, message };
    this.changed();
    // The text on show became another one: nobody waits for this any more.
    const stopWatching = this.store.subscribe(() => {
      if (this.store.result !== result) abort.abort();
    });
    try {
      await work({ run: result.run, position }, abort.signal);
      return null;
    } catch (error) {
      return abort.signal.aborted ? null : failureSentence(error);
    } finally {
      stopWatching();
      this.work = null;
      if (this.store.result === result) this.store.keepTrees();
      this.changed();
    }
  }

  private tell(message: string): void {
    if (!this.work) return;
    this.work.message = message;
    this.changed();
  }
}

function idsTo(node: Parameters<typeof pathTo>[0]): number[] {
  return pathTo(node).map(({ id }) => id);
}
