import { patchChunks } from '../../inspection/patchChunks';
import type { Inspection } from '../../protocol/inspection';
import type { PanelRequests } from '../../protocol/panel';
import type { PatchBaseline, Patched, PatchPlace } from '../../protocol/patching';
import type { TokenizedText } from '../../protocol/reading';
import { failureSentence } from '../failureSentence';
import { readingOf } from '../readingOf';

/** What a map of patches is of. */
export interface PatchingQuestion {
  /** The clean run. */
  result: Inspection;
  corruptText: string;
  /** Tokens as `patchBaseline` takes them. */
  target: string | null;
  versus: string | null;
  at: PatchPlace | 'heads';
}

type Method = 'tokenize' | 'patchBaseline' | 'patch' | 'patchHeads';

/** Asks the engine once; rejects with a sentence, or when aborted. */
export type Ask = <M extends Method>(
  method: M,
  params: PanelRequests[M]['params'],
  signal: AbortSignal,
) => Promise<PanelRequests[M]['result']>;

/** Cells that are asked for in one request. */
interface Piece {
  layer: number;
  /** Columns. */
  from: number;
  to: number;
  /** Rows of blocks that it takes to run, for the progress bar. */
  work: number;
}

export type PatchingStatus = 'running' | 'stopped' | 'failed' | 'done';

/**
 * A map of patches that comes piece by piece. It can be stopped and gone on with; what has come stays
 * whatever happens to the rest.
 */
export class PatchingRun {
  status: PatchingStatus = 'stopped';
  /** Why it stopped by itself, as a sentence. */
  failure: string | null = null;
  corrupt: TokenizedText | null = null;
  baseline: PatchBaseline | null = null;
  readonly rows: number; // layers
  readonly columns: number; // positions, or heads
  /** Replaced by a new array with each piece; NaN is not there yet. */
  restored: Float32Array; // [rows, columns]
  difference: Float32Array; // [rows, columns]
  private pieces: Piece[] = []; // still to come
  private work = { done: 0, all: 0 };
  private cancellation: AbortController | null = null;

  constructor(
    readonly question: PatchingQuestion,
    private readonly ask: Ask,
    private readonly changed: () => void,
  ) {
    const { result, at } = question;
    this.rows = result.model.nLayer;
    this.columns = at === 'heads' ? result.model.nHead : result.tokens.length;
    this.restored = new Float32Array(this.rows * this.columns).fill(NaN);
    this.difference = new Float32Array(this.rows * this.columns).fill(NaN);
  }

  /** From 0 to 1. */
  get progress(): number {
    return this.work.all === 0 ? 0 : this.work.done / this.work.all;
  }

  /** Some cells are there. */
  get begun(): boolean {
    return this.work.done > 0;
  }

  /** Begins, or goes on with what is missing. */
  async start(): Promise<void> {
    if (this.status === 'running' || this.status === 'done') return;
    const { signal } = (this.cancellation = new AbortController());
    this.status = 'running';
    this.failure = null;
    this.changed();
    try {
      await this.prepare(signal);
      for (let piece = this.pieces[0]; piece; piece = this.pieces[0]) {
        const patched = await this.patch(piece, signal);
        // An answer that crossed the stop on its way is not thrown away, but nothing more is asked.
        this.enter(piece, patched);
        this.pieces.shift();
        signal.throwIfAborted();
        this.changed();
      }
      this.status = 'done';
    } catch (error) {
      this.status = signal.aborted ? 'stopped' : 'failed';
      if (!signal.aborted) this.failure = failureSentence(error);
    }
    this.changed();
  }

  stop(): void {
    this.cancellation?.abort();
  }

  private async prepare(signal: AbortSignal): Promise<void> {
    if (this.baseline) return;
    const { result, corruptText, target, versus } = this.question;
    if (corruptText === '') throw new Error('The corrupted text is empty: write one.');
    const params = { model: result.run.model, text: corruptText, ...readingOf(result) };
    this.corrupt = await this.ask('tokenize', params, signal);
    const { run, truncated } = this.corrupt;
    if (truncated) {
      const all = run.ids.length + truncated.tokens;
      throw new Error(
        `The corrupted text has ${all} tokens, more than the ${run.ids.length} that the model ` +
          'reads: choose words of as many tokens as in the clean text.',
      );
    }
    const runs = { clean: result.run, corrupt: run };
    this.baseline = await this.ask('patchBaseline', { ...runs, target, versus }, signal);
    this.pieces = this.cut(this.baseline.differing[0]!);
    this.work = { done: 0, all: this.pieces.reduce((sum, { work }) => sum + work, 0) };
  }

  /** The last layers first: they take the fewest blocks, so that something is soon to be seen. */
  private cut(firstDifferent: number): Piece[] {
    const { at, result } = this.question;
    const n = result.tokens.length;
    const layers = Array.from({ length: this.rows }, (_, i) => this.rows - 1 - i);
    return layers.flatMap((layer) => {
      const blocks = this.rows - layer;
      if (at === 'heads') {
        const work = blocks * this.columns * (n - firstDifferent);
        return [{ layer, from: 0, to: this.columns, work }];
      }
      return patchChunks(n, firstDifferent).map(({ from, to }) => ({
        layer,
        from,
        to,
        work: from < firstDifferent ? 1 : blocks * (to - from) * (n - from),
      }));
    });
  }

  private patch({ layer, from, to }: Piece, signal: AbortSignal): Promise<Patched> {
    const { at, result } = this.question;
    const { target, versus } = this.baseline!;
    const params = {
      clean: result.run,
      corrupt: this.corrupt!.run,
      target: target.id,
      versus: versus.id,
      layer,
    };
    return at === 'heads'
      ? this.ask('patchHeads', params, signal)
      : this.ask('patch', { ...params, at, from, to }, signal);
  }

  private enter({ layer, from, work }: Piece, { restored, difference }: Patched): void {
    const place = layer * this.columns + from;
    this.restored = this.restored.slice();
    this.restored.set(restored, place);
    this.difference.set(difference, place);
    this.work.done += work;
  }
}
