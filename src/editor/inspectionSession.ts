import type { EngineConnection, InspectParams, Progress } from '../protocol/engine';
import type { Inspection, Token } from '../protocol/inspection';
import type { PanelState } from '../protocol/panel';
import { ChangeEmitter } from './emitter';
import type { TextAnchor } from './textAnchor';
import type { Span } from './textSpan';

/** A text to inspect, and where it is from. */
export interface Subject {
  text: string;
  /** For people: "notes.md:12–14". */
  source: string;
  anchor: TextAnchor;
  /** Of a notebook's cell: the cells above that are read too. */
  above?: readonly TextAnchor[];
  /** The tokens of the text to read, instead of the tail that there is room for. */
  window?: NonNullable<InspectParams['window']>;
  /** The token to speak of first, counted within what is read; by default the last. */
  position?: number;
}

/** Everything that a subject's text is made of, what was selected first. */
export function anchorsOf({ anchor, above = [] }: Subject): TextAnchor[] {
  return [anchor, ...above];
}

/** Where a range of a subject's text is now; null for what is in no document (any more). */
export function placeOf(subject: Subject, range: Span): { uri: string; span: Span } | null {
  for (const anchor of anchorsOf(subject)) {
    const span = anchor.locate(range);
    if (span) return { uri: anchor.uri, span };
  }
  return null;
}

/** What the panel shows of it. */
export type SessionState = Omit<PanelState, 'document'>;

export type Outcome = 'done' | 'failed' | 'cancelled';

/** What the session asks of its surroundings. */
export interface SessionContext {
  engine: EngineConnection;
  /** How to inspect, read anew for each request; throws a `UserError` where settings are wrong. */
  parameters(): Omit<InspectParams, 'text'>;
  /** What to call the model before it can tell. */
  modelLabel(): string;
  /** Turns an error into the sentence to show, and logs the rest. */
  explain(error: unknown): string;
  /** Takes a line for the log. */
  log(line: string): void;
}

/**
 * The inspection that panel, status bar and decorations show: one at a time. A new request
 * supersedes the one under way; a failed or cancelled one leaves the previous result on show.
 */
export class InspectionSession {
  private readonly changes = new ChangeEmitter();
  readonly onDidChange = this.changes.event;
  private shown: { serial: number; subject: Subject; result: Inspection } | null = null;
  private position: number | null = null;
  private busy: Progress | null = null;
  private error: string | null = null;
  /** What could not be inspected. */
  private failed: Subject | null = null;
  private underWay: { controller: AbortController; subject: Subject } | null = null;
  private serial = 0;
  private topK = 0;
  private compareWish: PanelState['compareWish'] = null;

  constructor(private readonly context: SessionContext) {}

  get state(): SessionState {
    return {
      inspection: this.shown && {
        serial: this.shown.serial,
        source: this.shown.subject.source,
        revealable: anchorsOf(this.shown.subject).some(({ intact }) => intact),
        result: this.shown.result,
      },
      busy: this.busy,
      error: this.error,
      position: this.position,
      settings: { topK: this.topK, modelName: this.modelName },
      compareWish: this.compareWish,
    };
  }

  /** The text on show and where it is from. */
  get subject(): Subject | null {
    return this.shown?.subject ?? null;
  }

  /** Everything that has to be followed through edits: of the text on show and of the one asked for. */
  get anchors(): TextAnchor[] {
    const subjects = new Set([this.shown?.subject, this.underWay?.subject, this.failed]);
    return [...subjects].flatMap((subject) => (subject ? anchorsOf(subject) : []));
  }

  /** Inspects a text and shows the result. Never rejects: a failure becomes the state's `error`. */
  async inspect(subject: Subject): Promise<Outcome> {
    this.cancel();
    const mine = { controller: new AbortController(), subject };
    const { signal } = mine.controller;
    this.underWay = mine;
    this.error = null;
    this.failed = null;
    this.busy = { stage: 'tokenizing', message: 'Reading the text', fraction: null };
    this.changes.fire();
    try {
      const parameters = this.context.parameters();
      const result = await this.context.engine.request(
        'inspect',
        {
          ...parameters,
          text: subject.text,
          ...(subject.window ? { window: subject.window } : {}),
        },
        {
          signal,
          onProgress: (progress) => {
            if (this.underWay !== mine) return;
            this.busy = progress;
            this.changes.fire();
          },
        },
      );
      if (signal.aborted) return 'cancelled';
      this.topK = parameters.topK;
      this.show(subject, result);
      this.context.log(summary(subject, result));
      return 'done';
    } catch (error) {
      if (signal.aborted) return 'cancelled';
      this.error = this.context.explain(error);
      this.failed = subject;
      return 'failed';
    } finally {
      // A superseded request finds its successor here and leaves the state to it.
      if (this.underWay === mine) {
        this.underWay = null;
        this.busy = null;
        this.changes.fire();
      }
    }
  }

  /**
   * Inspects with the settings of now what could not be inspected before, else the text on show: whoever
   * chooses a model that works sees what they asked for.
   */
  async repeat(): Promise<void> {
    const subject = this.failed ?? this.shown?.subject;
    if (subject) await this.inspect(subject);
  }

  /** Asks the panel to compare the inspection on show with another text. */
  compareWith({ text, source }: Pick<Subject, 'text' | 'source'>): void {
    const serial = (this.compareWish?.serial ?? 0) + 1;
    this.compareWish = { serial, text, source };
    this.changes.fire();
  }

  /** What the model of the setting is called: as it says itself, where it answered last. */
  private get modelName(): string {
    const { shown, context } = this;
    try {
      const { folder } = context.parameters().model;
      if (shown?.result.run.model.folder === folder) return shown.result.model.name;
    } catch {
      // What is wrong with the settings is said where something is asked of the model.
    }
    return context.modelLabel();
  }

  /** Ends the request under way, silently. */
  cancel(): void {
    this.underWay?.controller.abort();
  }

  /** Makes a token the one that everything speaks of. */
  select(position: number): void {
    const tokens = this.shown?.result.tokens.length ?? 0;
    if (!Number.isInteger(position) || position < 0 || position >= tokens) return;
    this.position = position;
    this.changes.fire();
  }

  /** A setting changed, so that what failed may work now. */
  dismissError(): void {
    this.error = null;
    this.changes.fire();
  }

  /** To be called after something that `state` reads, such as the anchor, changed. */
  refresh(): void {
    this.changes.fire();
  }

  private show(subject: Subject, result: Inspection): void {
    const before = this.shown?.subject === subject ? this.shown.result.tokens : [];
    const last = result.tokens.length - 1;
    const kept = this.position === null ? -1 : sameToken(before, this.position, result.tokens);
    if (kept >= 0) this.position = kept;
    else this.position = last >= 0 ? Math.min(subject.position ?? last, last) : null;
    this.shown = { serial: ++this.serial, subject, result };
  }
}

/**
 * The same text again, under another model or setting, keeps the token that was chosen: the one that
 * ends where it ended, or holds that place. -1 where there is none.
 */
function sameToken(before: readonly Token[], position: number, tokens: readonly Token[]): number {
  const chosen = before[position];
  if (!chosen) return -1;
  if (chosen.special) return tokens[position]?.special ? position : -1;
  return tokens.findIndex(({ special, end }) => !special && end >= chosen.end);
}

function summary({ source }: Subject, { model, totals, timing }: Inspection): string {
  const times = `loaded in ${timing.loadMs.toFixed(0)} ms, run in ${timing.forwardMs.toFixed(0)} ms`;
  return `Inspected ${source} with ${model.name}: ${totals.tokens} tokens, ${times}.`;
}
