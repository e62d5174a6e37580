import type { EngineConnection } from '../../protocol/engine';
import type { ModelDescription, ModelRef } from '../../protocol/inspection';
import type { CursorAnswer, CursorPrediction, TypingRequests } from '../../protocol/typing';
import { ChangeEmitter } from '../emitter';
import { endOf } from './textBeforeCursor';

/** Long enough that whoever types fluently asks for nothing, short enough to feel at once. */
const defaultPauseMs = 120;

type Parameters = Omit<TypingRequests['predictNext']['params'], 'text'>;

/** The text before a cursor, and where it is from. */
export interface CursorPlace {
  text: string;
  /** For people: "notes.md:12". */
  source: string;
  /** For people, what an offset of the text is; null where it is the beginning of all there is. */
  nameOf(offset: number): string | null;
}

export interface CursorPredictorContext {
  engine: EngineConnection;
  /** How to predict, read anew for each request; throws a `UserError` where settings are wrong. */
  parameters(): Parameters;
  /** Where the cursor is now; null where there is none. Called after the pause only. */
  place(): CursorPlace | null;
  /** Turns an error into the sentence to show, and logs the rest. */
  explain(error: unknown): string;
  pauseMs?: number;
}

const nothingYet: CursorPrediction = { shown: null, waiting: true, note: null, failed: false };

/**
 * Keeps the prediction for a cursor that moves and a text that changes: asks after a short pause, and
 * drops what was asked for an earlier text. Of its requests at most one is wanted at any time.
 */
export class CursorPredictor {
  private readonly changes = new ChangeEmitter();
  readonly onDidChange = this.changes.event;
  /** Null while it is switched off. */
  private current: CursorPrediction | null = null;
  private timer: ReturnType<typeof setTimeout> | undefined;
  private underWay: AbortController | null = null;
  /** The model that the engine has, or is loading. */
  private model: { key: string; loaded: Promise<ModelDescription> } | null = null;
  /** The text that the answer on show is for, and what it was asked with. */
  private answered: { text: string; parameters: string } | null = null;

  constructor(private readonly context: CursorPredictorContext) {}

  get state(): CursorPrediction | null {
    return this.current;
  }

  /** What the answer on show was asked with; null where there is none. */
  get subject(): { answer: CursorAnswer; text: string; parameters: Parameters } | null {
    const answer = this.current?.shown;
    if (!answer || !this.answered) return null;
    const { text, parameters } = this.answered;
    return { answer, text, parameters: JSON.parse(parameters) as Parameters };
  }

  start(): void {
    if (this.current) return;
    this.current = nothingYet;
    this.moved();
    this.changes.fire();
  }

  stop(): void {
    this.drop();
    this.answered = null;
    if (!this.current) return;
    this.current = null;
    this.changes.fire();
  }

  /** The text or the cursor changed: what is on show is for an earlier one, until it is asked again. */
  moved(): void {
    if (!this.current) return;
    this.drop();
    const { pauseMs = defaultPauseMs } = this.context;
    this.timer = setTimeout(() => void this.ask(), pauseMs);
    if (!this.current.waiting) this.show({ ...this.current, waiting: true });
  }

  /** The model, a setting or the document is another: nothing that is on show holds any more. */
  reset(): void {
    this.answered = null;
    this.model = null;
    if (!this.current) return;
    this.moved();
    if (this.current !== nothingYet) this.show(nothingYet);
  }

  private drop(): void {
    clearTimeout(this.timer);
    this.underWay?.abort();
    this.underWay = null;
  }

  private async ask(): Promise<void> {
    const mine = new AbortController();
    this.underWay = mine;
    const { signal } = mine;
    try {
      const place = this.context.place();
      const parameters = this.context.parameters();
      const asked = { text: place?.text ?? '', parameters: JSON.stringify(parameters) };
      const { answered } = this;
      const known =
        answered?.text === asked.text && answered.parameters === asked.parameters
          ? this.current?.shown
          : null;
      if (!place) return this.tell('Put the cursor into a text to see what may come next.');
      if (place.text === '' && !(await this.beginsWithToken(parameters))) {
        if (!signal.aborted) this.tell('Nothing stands before the cursor.');
        return;
      }
      const answer = known ?? (await this.answer(place.text, parameters, signal));
      if (signal.aborted || !answer) return;
      this.answered = asked;
      const { source } = place;
      const readFrom = place.nameOf(answer.from);
      const shown: CursorAnswer = { ...answer, source, before: endOf(place.text), readFrom };
      this.show({ shown, waiting: false, note: null, failed: false });
    } catch (error) {
      if (signal.aborted) return;
      // Whatever it was, the engine may be another one by now.
      this.model = null;
      this.tell(this.context.explain(error), true);
    }
  }

  /** Undefined where the text is not the one to predict for any more. */
  private async answer(text: string, parameters: Parameters, signal: AbortSignal) {
    await this.loaded(parameters.model);
    if (signal.aborted) return undefined;
    return this.context.engine.request(
      'predictNext',
      { ...parameters, text },
      {
        signal,
        onProgress: ({ stage }) => {
          // Another model was in use meanwhile, and this one has to be loaded again.
          if (stage === 'loading') this.model = null;
        },
      },
    );
  }

  /** Even an empty text has something to predict from: the beginning-of-text token. */
  private async beginsWithToken({ model, bos }: Parameters): Promise<boolean> {
    return bos === 'auto' ? ((await this.loaded(model)).addsBos ?? false) : bos;
  }

  /**
   * The model is in memory. Loading is never given up: whoever types with short pauses would make it
   * begin again and again.
   */
  private async loaded(ref: ModelRef): Promise<ModelDescription> {
    const key = JSON.stringify(ref);
    if (this.model?.key !== key) {
      const model = { key, loaded: this.context.engine.request('describe', { model: ref }) };
      this.model = model;
      // A failure is not kept, also where nobody waits for it any more.
      model.loaded.catch(() => {
        if (this.model === model) this.model = null;
      });
    }
    return this.model.loaded;
  }

  private tell(note: string, failed = false): void {
    this.answered = null;
    this.show({ shown: null, waiting: false, note, failed });
  }

  private show(state: CursorPrediction): void {
    this.current = state;
    this.changes.fire();
  }
}
