import * as vscode from 'vscode';
import { followSpan } from './followSpan';
import { DocumentReading, type ReadingContext } from './documentReading';
import { tokenAt } from '../../inspection/readText';
import { looksBack } from './staleFrom';
import type { Span } from '../textSpan';

/** Typing pauses for so long before the text is read again; a long text waits longer. */
const pauseMs = 250;
const charactersPerMs = 5000;

/** Where the text that is read begins and from where on it counts, as UTF-16 offsets in the document. */
export interface Placed {
  text: string;
  /** Offset of the text's beginning; negative where text that is not of the document comes first. */
  base: number;
  /** What comes before this offset is read, but not shown. */
  from: number;
}

/** The text to read for a document, or for a part of it. */
export type Placement = (document: vscode.TextDocument, part: Span | null) => Placed;

/** A document that is read, and read again after each edit. */
export class OpenReading implements vscode.Disposable {
  readonly reading: DocumentReading;
  readonly onDidChange: DocumentReading['onDidChange'];
  private placed: Placed = { text: '', base: 0, from: 0 };
  private timer: NodeJS.Timeout | undefined;

  /** @param part reads that part of the document only; it is followed through edits. */
  constructor(
    readonly document: vscode.TextDocument,
    private readonly place: Placement,
    context: ReadingContext,
    private part: Span | null = null,
  ) {
    this.reading = new DocumentReading(context);
    this.onDidChange = this.reading.onDidChange;
  }

  /** The part of the document that is read; null where it is the whole. */
  get span(): Span | null {
    return this.part;
  }

  /** What was read last: `reading.text` speaks of it up to `reading.validUntil`. */
  get placement(): Placed {
    return this.placed;
  }

  /** Reading is under way, or about to begin. */
  get busy(): boolean {
    return this.reading.busy || this.timer !== undefined;
  }

  /** Reads the document as it is now. */
  async read(): Promise<void> {
    this.wait(null);
    try {
      this.placed = this.place(this.document, this.part);
    } catch (error) {
      this.reading.fail(error);
      return;
    }
    await this.reading.read(this.placed.text);
  }

  /** The document was edited. */
  edited(changes: readonly vscode.TextDocumentContentChangeEvent[]): void {
    if (changes.length === 0) return;
    if (this.part) this.part = followSpan(this.part, changes);
    const first = Math.min(...changes.map(({ rangeOffset }) => rangeOffset));
    const { base } = this.placed;
    this.reading.edited(Math.max(0, first - base), (offset) => {
      const { document } = this;
      const start = document.positionAt(offset + base - looksBack);
      return document.getText(new vscode.Range(start, document.positionAt(offset + base)));
    });
    this.readSoon();
  }

  /** Other cells of the notebook changed: where they are read too, all is to be read again. */
  contextEdited(): void {
    try {
      const { text, base } = this.place(this.document, this.part);
      if (base === this.placed.base && text === this.placed.text) return;
    } catch {
      // A wrong setting: the sentence comes with the next attempt to read.
    }
    this.reading.edited(0, () => '');
    this.readSoon();
  }

  /** Begins anew with another model or setting. */
  reset(): void {
    this.reading.reset();
    this.readSoon();
  }

  /** Says which ranges are on screen: they are read first. */
  prefer(ranges: readonly vscode.Range[]): void {
    const { base } = this.placed;
    const offset = (position: vscode.Position) => this.document.offsetAt(position) - base;
    this.reading.prefer(
      ranges.map(({ start, end }) => ({ start: offset(start), end: offset(end) })),
    );
  }

  /**
   * The tokens that touch a range and may be shown: known to be of the document as it is now.
   * Indices from `first` to before `last`.
   */
  tokensIn(range: vscode.Range): { first: number; last: number } {
    const { text, validUntil } = this.reading;
    if (!text) return { first: 0, last: 0 };
    const { base, from } = this.placed;
    const start = Math.max(this.document.offsetAt(range.start), from) - base;
    const end = Math.min(this.document.offsetAt(range.end) - base, validUntil);
    const first = tokenAt(text, start);
    let last = first;
    while (last < text.ids.length && text.starts[last]! < end && text.ends[last]! <= validUntil) {
      last++;
    }
    return { first, last };
  }

  /**
   * The tokens that hold the character at an offset of the document; several where the character is
   * cut into several. None where they may not be shown. A line's end is one character.
   */
  tokensAt(offset: number): number[] {
    const { text, validUntil } = this.reading;
    if (!text) return [];
    const { base, from } = this.placed;
    const character = characterAt(this.document, offset);
    if (character.start < from) return [];
    const tokens: number[] = [];
    for (let token = tokenAt(text, character.start - base); token < text.ids.length; token++) {
      if (text.starts[token]! >= character.end - base || text.ends[token]! > validUntil) break;
      tokens.push(token);
    }
    return tokens;
  }

  /** Where a token stands, as offsets in the document. */
  offsetsOf(token: number): Span {
    const { starts, ends } = this.reading.text!;
    const { base } = this.placed;
    return { start: starts[token]! + base, end: ends[token]! + base };
  }

  /** Where a token stands in the document. */
  rangeOf(token: number): vscode.Range {
    const { starts, ends } = this.reading.text!;
    return this.rangeOfSpan({ start: starts[token]!, end: ends[token]! });
  }

  /** Where a stretch of the text stands in the document. */
  rangeOfSpan({ start, end }: Span): vscode.Range {
    const { base } = this.placed;
    return new vscode.Range(
      this.document.positionAt(start + base),
      this.document.positionAt(end + base),
    );
  }

  /** A range of the document as a stretch of the text; null where not all of it may be shown. */
  spanOf(range: vscode.Range): Span | null {
    const { base, from, text } = this.placed;
    const start = this.document.offsetAt(range.start) - base;
    const end = this.document.offsetAt(range.end) - base;
    const most = Math.min(this.reading.validUntil, text.length);
    return start >= from - base && end <= most ? { start, end } : null;
  }

  /** Ends the work under way; what is known stays, and the next edit is read. */
  stop(): void {
    this.wait(null);
    this.reading.stop();
  }

  dispose(): void {
    this.stop();
  }

  private readSoon(): void {
    this.wait(pauseMs + this.placed.text.length / charactersPerMs);
  }

  /** Reads after a pause; null takes that back. */
  private wait(ms: number | null): void {
    clearTimeout(this.timer);
    this.timer = ms === null ? undefined : setTimeout(() => void this.read(), ms);
  }
}

/** The character at an offset, as far as an editor has a place before and behind it. */
function characterAt(document: vscode.TextDocument, offset: number): Span {
  const position = document.positionAt(offset);
  const start = document.offsetAt(position);
  const end = document.offsetAt(document.positionAt(offset + 1));
  // Between CR and LF there is no place: the character is the line's end.
  return { start, end: end > start ? end : document.offsetAt(new vscode.Position(position.line + 1, 0)) }; // prettier-ignore
}
