import * as vscode from 'vscode';
import { documentLines } from '../inspection/documentLines';
import { documentStatistics, type DocumentStatistics } from '../inspection/documentStatistics';
import { mostSurprising, surprisingLine } from '../inspection/surprisingLines';
import type { DocumentLines, DocumentReport } from '../protocol/documentReport';
import type { ModelDescription } from '../protocol/inspection';
import { UserError } from '../protocol/userError';
import type { DocumentReadings, HeldReading } from './reading/documentReadings';
import type { OpenReading } from './reading/openReading';
import type { ReadText } from '../inspection/readText';
import { revealSpan } from './reveal';
import { spanLabel, type Span } from './textSpan';

/** Lines that are told of without being asked, by each of the two measures. */
const listed = 50;
/** UTF-16 units of a line's text in the list of all. */
const listedUnits = 400;
/** While a document is read the figures are computed anew at most so often … */
const pauseMs = 120;
/** … and in no more than this share of the time. */
const shareOfTime = 0.05;

/** What is reported: all of it is of one state of the text. */
interface Snapshot {
  text: string;
  read: ReadText;
  statistics: DocumentStatistics;
  /** UTF-16 offset of `text` in the document, and of its first counted line the number, from 1. */
  base: number;
  firstLine: number;
  told: Told;
}

/** What the panel is told of it. */
type Told = Pick<DocumentReport, 'model' | 'figures' | 'lines' | 'surprising' | 'ordered'>;

const nothing: Told = { model: null, figures: null, lines: 0, surprising: [], ordered: 0 };

/**
 * The document whose statistics the panel shows: one at a time. It is read to its end, followed
 * through edits, and let go of when somebody closes the report or the document.
 */
export class ReportedDocument implements vscode.Disposable {
  private readonly changes = new vscode.EventEmitter<void>();
  readonly onDidChange = this.changes.event;
  private document: vscode.TextDocument | null = null;
  private part: Span | null = null;
  private held: HeldReading | null = null;
  private snapshot: Snapshot | null = null;
  private state: DocumentReport | null = null;
  private serial = 0;
  private version = 0;
  private timer: NodeJS.Timeout | undefined;
  private lastMs = { at: 0, took: 0 };
  private readonly subscriptions: vscode.Disposable[];

  constructor(private readonly readings: DocumentReadings) {
    this.subscriptions = [
      this.changes,
      readings.onDidChange((open) => {
        if (open === this.held?.open) this.soon();
      }),
      vscode.workspace.onDidCloseTextDocument((document) => {
        if (this.isReported(document)) this.closed();
      }),
      // Also when a document is given another language: it is closed and opened then.
      vscode.workspace.onDidOpenTextDocument((document) => {
        if (this.isReported(document) && !this.held) this.hold(document, this.part);
      }),
    ];
  }

  /** Null where no document is reported on. */
  get report(): DocumentReport | null {
    return this.state;
  }

  /** What the figures are of; null before there are any. */
  get subject(): { source: string; text: string; model: ModelDescription } | null {
    const { snapshot, state } = this;
    if (!snapshot || !state) return null;
    const { read, text } = snapshot;
    return { source: state.source, text, model: read.model };
  }

  /** Reports on a document, or on a part of it, in place of the one before. */
  show(document: vscode.TextDocument, part: Span | null): void {
    if (!this.isReported(document)) this.letGo();
    this.serial++;
    const before = this.held;
    this.hold(document, part);
    before?.dispose();
  }

  /** Ends the report. */
  close(): void {
    this.letGo();
    this.changes.fire();
  }

  /** Ends the reading under way; what is known stays. */
  stop(): void {
    this.held?.open.stop();
    this.refresh();
  }

  /** Reads on after a stop or a failure. */
  goOn(): void {
    void this.held?.open.read();
    this.refresh();
  }

  /** Every line. @throws {UserError} where there is none. */
  lines(): DocumentLines {
    if (!this.snapshot) throw new UserError('There are no lines yet: the document is still read.');
    const { text, read, statistics, firstLine } = this.snapshot;
    return documentLines(text, read, statistics.lines, firstLine, listedUnits);
  }

  /**
   * Shows a line in an editor, with the cursor before its most surprising token.
   *
   * @param avoid the editor column that must not be covered.
   * @throws {UserError} where the line is not what it was.
   */
  async reveal(line: number, avoid: vscode.ViewColumn | undefined): Promise<void> {
    const { document, snapshot } = this;
    if (!document || !snapshot) return;
    const { text, read, statistics, base, firstLine } = snapshot;
    const { starts, ends, peaks } = statistics.lines;
    const at = line - firstLine;
    if (starts[at] === undefined) return;
    const span = { start: starts[at] + base, end: ends[at]! + base };
    const editor = await revealSpan(document.uri, span, avoid);
    if (!editor) return;
    const position = (offset: number) => editor.document.positionAt(offset);
    const range = new vscode.Range(position(span.start), position(span.end));
    if (editor.document.getText(range) !== text.slice(starts[at], ends[at])) {
      throw new UserError(
        `Line ${line} is not what it was when it was read: run Document Statistics again.`,
      );
    }
    const peak = peaks[at]!;
    const cursor = peak < 0 ? range.start : position(read.starts[peak]! + base);
    editor.selection = new vscode.Selection(cursor, cursor);
    editor.revealRange(new vscode.Range(cursor, cursor), vscode.TextEditorRevealType.InCenterIfOutsideViewport); // prettier-ignore
  }

  dispose(): void {
    this.letGo();
    for (const subscription of this.subscriptions) subscription.dispose();
  }

  private isReported(document: vscode.TextDocument): boolean {
    return document.uri.toString() === this.document?.uri.toString();
  }

  private hold(document: vscode.TextDocument, part: Span | null): void {
    this.document = document;
    this.part = part;
    this.held = this.readings.hold(document, part);
    this.refresh();
  }

  private closed(): void {
    this.part = this.held?.open.span ?? null;
    this.held?.dispose();
    this.held = null;
    this.refresh();
  }

  private letGo(): void {
    clearTimeout(this.timer);
    this.timer = undefined;
    // First of all: what is told while the reading ends is not about the report any more.
    const { held } = this;
    this.held = this.document = this.part = this.snapshot = this.state = null;
    held?.dispose();
  }

  /** Takes up what changed: at once after a pause, so that a long text costs little while it is read. */
  private soon(): void {
    if (this.timer) return;
    const pause = Math.max(pauseMs, this.lastMs.took / shareOfTime);
    const wait = Math.max(0, this.lastMs.at + pause - performance.now());
    this.timer = setTimeout(() => this.refresh(), wait);
  }

  private refresh(): void {
    clearTimeout(this.timer);
    this.timer = undefined;
    if (!this.document) return;
    const start = performance.now();
    const open = this.held?.open;
    if (open) {
      const before = this.snapshot;
      this.snapshot = snapshotOf(open, before);
      if (this.snapshot !== before) this.version++;
    }
    this.state = this.describe(this.document, open);
    const end = performance.now();
    this.lastMs = { at: end, took: end - start };
    this.changes.fire();
  }

  private describe(document: vscode.TextDocument, open: OpenReading | undefined): DocumentReport {
    return {
      serial: this.serial,
      version: this.version,
      source: sourceOf(document, open ? open.span : this.part),
      status: statusOf(open),
      fraction: open?.reading.fraction ?? this.state?.fraction ?? 0,
      error: open?.reading.error ?? null,
      ...(this.snapshot?.told ?? nothing),
    };
  }
}

/** What is known of the text as it is now; while it is being cut into tokens, of the one before. */
function snapshotOf({ document, reading, placement }: OpenReading, before: Snapshot | null) {
  const { text: read, validUntil } = reading;
  if (!read) return null;
  if (validUntil !== Infinity) return before;
  const { text, base, from } = placement;
  const start = Math.max(0, from - base);
  const firstLine = document.positionAt(base + start).line + 1;
  const statistics = documentStatistics(text, read, start);
  const told = tell(text, read, statistics, firstLine);
  return { text, read, statistics, base, firstLine, told };
}

function tell(
  text: string,
  read: ReadText,
  { lines, ...figures }: DocumentStatistics,
  firstLine: number,
): Told {
  const chosen = new Set(
    (['bits', 'bitsPerByte'] as const).flatMap((by) => mostSurprising(lines, by, listed)),
  );
  return {
    model: { name: read.model.name, nCtx: read.model.nCtx },
    figures,
    lines: lines.starts.length,
    surprising: Array.from(chosen, (line) => surprisingLine(text, read, lines, line, firstLine)),
    ordered: Math.min(listed, chosen.size),
  };
}

function statusOf(open: OpenReading | undefined): DocumentReport['status'] {
  if (!open) return 'closed';
  const { reading, busy } = open;
  if (reading.error !== null) return 'failed';
  if (reading.complete) return 'done';
  if (!busy) return 'stopped';
  return reading.text && reading.validUntil !== Infinity ? 'edited' : 'reading';
}

function sourceOf(document: vscode.TextDocument, part: Span | null): string {
  const name = document.uri.path.split('/').pop() || 'text';
  if (!part) return name;
  return spanLabel(name, document.positionAt(part.start).line, document.positionAt(part.end).line);
}
