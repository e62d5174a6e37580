import type { EngineConnection, InspectParams } from '../../protocol/engine';
import { UserError } from '../../protocol/userError';
import { ChangeEmitter } from '../emitter';
import type { Span } from '../textSpan';
import {
  carryOver,
  enter,
  firstUnknown,
  tokensOf,
  unreadText,
  type ReadText,
} from '../../inspection/readText';
import { count } from '../numbers';
import { staleFrom } from './staleFrom';

/** Likeliest tokens that are kept for each place: the one that came, and five to try instead. */
const alternatives = 6;

/** Beyond this, tokens and what is known of them take hundreds of megabytes, and hours to compute. */
export const mostCharacters = 5_000_000;
const tooLong = () =>
  `Forward Pass reads documents of up to ${count(mostCharacters)} characters: select a part instead.`;

export interface ReadingContext {
  engine: EngineConnection;
  parameters(): Pick<InspectParams, 'model' | 'bos' | 'specialTokens'>;
  explain(error: unknown): string;
}

/**
 * A text as the model reads it, from the first token to the last, window by window: what is looked at
 * first, the rest afterwards. After an edit only what the edit can have changed is computed again,
 * and until then what may have changed does not count as known.
 */
export class DocumentReading {
  private readonly changes = new ChangeEmitter();
  readonly onDidChange = this.changes.event;
  private known: { key: string; text: ReadText } | null = null;
  private controller: AbortController | null = null;
  private wished: Span[] = [];
  private stale = Infinity;
  private sentence: string | null = null;

  constructor(private readonly context: ReadingContext) {}

  /** The tokens, and of each what is known so far; null before the text was cut into tokens. */
  get text(): ReadText | null {
    return this.known?.text ?? null;
  }

  /** UTF-16 offset up to which `text` is that of the document. */
  get validUntil(): number {
    return this.stale;
  }

  /** What went wrong, as a sentence. */
  get error(): string | null {
    return this.sentence;
  }

  /** Work is under way. */
  get busy(): boolean {
    return this.controller !== null;
  }

  /** The share of the tokens that something is known of, from 0 to 1. */
  get fraction(): number {
    const { text } = this;
    if (!text) return 0;
    const of = text.windows.map((window) => {
      const { from, to } = tokensOf(text, window);
      return { all: to - from, known: (firstUnknown(text, window) ?? to) - from };
    });
    const all = of.reduce((sum, window) => sum + window.all, 0);
    return all === 0 ? 1 : of.reduce((sum, window) => sum + window.known, 0) / all;
  }

  /** Everything is known, and of the text as it is now. */
  get complete(): boolean {
    return this.text !== null && this.stale === Infinity && this.fraction === 1;
  }

  /**
   * The document was edited from an offset on: what follows is not known any more.
   *
   * @param textBefore the text's last characters before an offset that the edit left as it was.
   */
  edited(offset: number, textBefore: (offset: number) => string): void {
    this.abort();
    this.stale = Math.min(this.stale, staleFrom(offset, textBefore));
    this.changes.fire();
  }

  /** Forgets everything, because the model is another. */
  reset(): void {
    this.abort();
    this.known = null;
    this.stale = Infinity;
    this.sentence = null;
    this.changes.fire();
  }

  /** The text cannot be read: says why, and shows nothing of it. */
  fail(error: unknown): void {
    this.reset();
    this.sentence = this.context.explain(error);
    this.changes.fire();
  }

  /** Says which parts of the text are looked at: they come first. */
  prefer(spans: Span[]): void {
    this.wished = spans;
  }

  /**
   * Reads the text. A later call supersedes this one. Never rejects: a failure becomes `error`.
   */
  async read(text: string): Promise<void> {
    this.abort();
    if (text.length > mostCharacters) {
      this.fail(new UserError(tooLong()));
      return;
    }
    const controller = new AbortController();
    this.controller = controller;
    this.sentence = null;
    this.changes.fire();
    try {
      await this.readAll(text, controller.signal);
    } catch (error) {
      if (!controller.signal.aborted) this.sentence = this.context.explain(error);
    } finally {
      if (this.controller === controller) {
        this.controller = null;
        this.changes.fire();
      }
    }
  }

  /** Ends the work under way; what is known stays. */
  stop(): void {
    if (!this.busy) return;
    this.abort();
    this.changes.fire();
  }

  private abort(): void {
    this.controller?.abort();
    this.controller = null;
  }

  private async readAll(text: string, signal: AbortSignal): Promise<void> {
    const { engine } = this.context;
    const reading = this.context.parameters();
    const { model } = reading;
    const tokens = await engine.request('tokenizeDocument', { ...reading, text }, { signal });
    const key = JSON.stringify(reading);
    const fresh = unreadText(tokens, alternatives);
    if (this.known?.key === key) carryOver(this.known.text, fresh);
    this.known = { key, text: fresh };
    this.stale = Infinity;
    this.changes.fire();
    for (;;) {
      const next = this.next(fresh);
      if (!next) return;
      const { window, unknown } = next;
      const reading = await engine.request(
        'readWindow',
        {
          model,
          ids: fresh.ids.slice(window.start, window.end + 1),
          first: unknown - 1 - window.start,
          topK: alternatives,
        },
        { signal },
      );
      enter(fresh, unknown, reading);
      this.changes.fire();
    }
  }

  /** The window to read next: one that is looked at, else the one that is nearest to those. */
  private next(text: ReadText) {
    let best: { window: ReadText['windows'][number]; unknown: number } | undefined;
    let least = Infinity;
    for (const window of text.windows) {
      const unknown = firstUnknown(text, window);
      if (unknown === undefined) continue;
      const { to } = tokensOf(text, window);
      const distance = this.distance({ start: text.starts[unknown]!, end: text.ends[to - 1]! });
      if (distance < least) [best, least] = [{ window, unknown }, distance];
    }
    return best;
  }

  private distance({ start, end }: Span): number {
    // What comes after is the likelier to be looked at next.
    const to = (wish: Span) => (start > wish.end ? start - wish.end : 2 * Math.max(0, wish.start - end)); // prettier-ignore
    return Math.min(...this.wished.map(to), this.wished.length === 0 ? start : Infinity);
  }
}
