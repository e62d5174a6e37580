import type { AttentionPattern, HeadChoice } from '../../protocol/attention';
import type { Inspection, ModelDescription, RunRef } from '../../protocol/inspection';
import type { EngineQuestion, PanelRequests, PanelState, PanelUpdate } from '../../protocol/panel';
import { failureSentence } from '../failureSentence';
import type { Host } from '../host';
import { type Choices, restoreChoices } from './choices';
import type { ComparedWith } from './choices/compare';
import type { ContinuationTree } from './continuationTree';
import { Continuations } from './continuations';
import { type Loadable, Loader } from './loader';
import { questionKey } from './questionKey';
import { clampPosition, receiveState, type Shown } from './shown';
import { textKey } from './textKey';

/** A cell of the attention pattern that is pointed at. */
export interface Cell {
  query: number;
  key: number;
}

/** Where the panel keeps its choices while it is hidden. */
export interface Memory {
  getState(): unknown;
  setState(state: unknown): void;
}

/** How many answers of each kind stay at hand. */
const answersKept: Partial<Record<EngineQuestion, number>> = {
  attention: 12, // 4 MB each, at 1,024 tokens
  headSummary: 192, // 50 kB each: a grid of 48 layers, with each set of options
  logits: 24, // 200 kB each
  vocabulary: 2,
  lensTable: 1024, // pieces of a table, some kilobytes each: all are kept
};
const otherAnswersKept = 64;

/**
 * All that the panel knows. Components read from it and are told of changes; what must be asked of
 * the host is asked when it is first read.
 */
export class PanelStore {
  choices: Choices;
  /** A request that failed and belongs to no section, as a sentence. */
  notice: string | null = null;
  /** The cell of the heat map under the pointer, else under the crosshair. */
  pointed: Cell | null = null;
  /** Somebody points at it now: the pointer is over the heat map, or the focus is in it. */
  pointing = false;

  private keyed: { result: Inspection; key: string } | null = null;
  private continuations: { run: RunRef; of: Continuations } | null = null;
  private continuationWish: number | null = null;
  private shown: Shown = { state: null, position: null };
  private choosing = 0;
  private readonly listeners = new Set<() => void>();
  private readonly changed = () => this.listeners.forEach((listener) => listener());
  private readonly loaders = new Map<EngineQuestion, Loader<unknown>>();

  constructor(
    private readonly host: () => Host,
    private readonly memory: Memory,
  ) {
    this.choices = restoreChoices(memory.getState());
  }

  /** Null until the host has answered for the first time. */
  get state(): PanelState | null {
    return this.shown.state;
  }

  get result(): Inspection | null {
    return this.shown.state?.inspection?.result ?? null;
  }

  get position(): number | null {
    return this.shown.position;
  }

  /** The chosen layer and head, within what the model has. */
  get head(): { layer: number; head: number } {
    const model = this.result?.model;
    const { layer, head } = this.choices;
    if (!model) return { layer, head };
    return { layer: Math.min(layer, model.nLayer - 1), head: Math.min(head, model.nHead - 1) };
  }

  /** The pattern on show: of the chosen head, or of the heads of its layer together. */
  get attention(): { layer: number; head: HeadChoice; weighted: boolean } {
    const { layer, head } = this.head;
    const { heads, weighted } = this.choices;
    return heads === 'one'
      ? { layer, head, weighted }
      : { layer, head: heads, weighted: weighted && heads !== 'rollout' };
  }

  /** What the text on show is compared with; null where that was wished for another one. */
  get comparedWith(): ComparedWith | null {
    const { comparison } = this.choices;
    return comparison && comparison.of === this.textKey ? comparison.with : null;
  }

  /** Names the text on show; null where there is none. */
  get textKey(): string | null {
    const { inspection } = this.shown.state ?? {};
    if (!inspection) return null;
    if (this.keyed?.result !== inspection.result) {
      this.keyed = { result: inspection.result, key: textKey(inspection) };
    }
    return this.keyed.key;
  }

  /** How the text goes on from the current token; null where there is no inspection. */
  get tree(): ContinuationTree | null {
    const { result, position } = this;
    if (!result || position === null) return null;
    if (this.continuations?.run !== result.run) {
      const of = Continuations.of(result.run, this.choices.continuations);
      this.continuations = { run: result.run, of };
    }
    return this.continuations.of.tree(position);
  }

  /** To be called when a tree was changed. */
  keepTrees(): void {
    this.choose({ continuations: this.continuations?.of.save() ?? null });
  }

  /** Lets the section "Continue" go on from the current token with this one. */
  continueWith(id: number): void {
    this.continuationWish = id;
    this.choose({ folded: this.choices.folded.filter((name) => name !== 'continue') });
  }

  /** What `continueWith` asked for, once. */
  takeContinuationWish(): number | null {
    const wish = this.continuationWish;
    this.continuationWish = null;
    return wish;
  }

  subscribe(listener: () => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  /** Asks for the current state: on load, and whenever the panel may have missed a message. */
  async start(): Promise<void> {
    await this.attempt(async () => this.receive(await this.host().request('ready', null)));
  }

  receive(state: PanelUpdate): void {
    if (state.inspection?.serial !== this.state?.inspection?.serial) {
      this.forget(state.inspection?.result?.model);
      this.pointed = null;
      this.notice = null;
    }
    this.shown = receiveState(this.shown, state, this.choosing > 0);
    this.changed();
  }

  /** Makes a token the current position, here at once, and shows it in the editor. */
  async select(position: number): Promise<void> {
    const inspection = this.state?.inspection ?? null;
    const clamped = clampPosition(inspection, position);
    if (clamped === null) return;
    this.shown = { ...this.shown, position: clamped };
    this.choosing++;
    this.changed();
    await this.attempt(() =>
      this.host().request('select', { position: clamped, reveal: inspection!.revealable }),
    );
    this.choosing--;
  }

  async command(command: PanelRequests['command']['params']['command']): Promise<void> {
    await this.attempt(() => this.host().request('command', { command }));
  }

  choose(change: Partial<Choices>): void {
    this.choices = { ...this.choices, ...change };
    this.memory.setState(this.choices);
    this.changed();
  }

  point(cell: Cell | null, pointing: boolean): void {
    const same = cell?.query === this.pointed?.query && cell?.key === this.pointed?.key;
    if (same && pointing === this.pointing) return;
    this.pointed = cell;
    this.pointing = pointing;
    this.changed();
  }

  /**
   * The engine's answer to a question about the inspection on show; it is asked when it is read for
   * the first time, one question of a kind after the other.
   */
  ask<M extends EngineQuestion>(
    method: M,
    params: PanelRequests[M]['params'],
  ): Loadable<PanelRequests[M]['result']> {
    let loader = this.loaders.get(method);
    if (!loader) {
      loader = new Loader(answersKept[method] ?? otherAnswersKept, this.changed);
      this.loaders.set(method, loader);
    }
    const key = questionKey(params);
    const load = () => this.request(method, params);
    return loader.get(key, load) as Loadable<PanelRequests[M]['result']>;
  }

  /** Asks once, for work that keeps its own results; rejects with a sentence, or when aborted. */
  request<M extends keyof PanelRequests>(
    method: M,
    params: PanelRequests[M]['params'],
    signal?: AbortSignal,
  ): Promise<PanelRequests[M]['result']> {
    return this.host().request(method, params, signal);
  }

  /** All answers that are there, by method and by the name of the question. */
  answers(): { method: EngineQuestion; key: string; value: unknown }[] {
    return [...this.loaders].flatMap(([method, loader]) =>
      loader.ready().map(([key, value]) => ({ method, key, value })),
    );
  }

  /** Asks again for what failed. */
  retry(...methods: EngineQuestion[]): void {
    for (const method of methods) this.loaders.get(method)?.retry();
  }

  /** The pattern on show; null where there is no inspection. */
  pattern(): Loadable<AttentionPattern> | null {
    const { result } = this;
    return result && this.ask('attention', { run: result.run, ...this.attention });
  }

  /** Full-vocabulary logits after the current token. */
  logits(): Loadable<Float32Array> | null {
    const { result, position } = this;
    if (!result || position === null) return null;
    return this.ask('logits', { run: result.run, position });
  }

  /** The text of every token of the model on show. */
  vocabulary(): Loadable<string[]> | null {
    const { result } = this;
    return result && this.ask('vocabulary', { model: result.run.model });
  }

  /** The text is another one: answers about the last one are dropped, those on their way too. */
  private forget(model: ModelDescription | undefined): void {
    const before = this.result?.model;
    const sameModel =
      before !== undefined &&
      before.folder === model?.folder &&
      before.name === model.name &&
      before.vocabSize === model.vocabSize;
    for (const [method, loader] of this.loaders) {
      if (method !== 'vocabulary' || !sameModel) loader.clear();
    }
  }

  /** Does something that belongs to no section; a failure becomes the notice. */
  async attempt(action: () => Promise<unknown>): Promise<void> {
    try {
      await action();
      if (this.notice === null) return;
      this.notice = null;
    } catch (error) {
      this.notice = failureSentence(error);
    }
    this.changed();
  }
}
