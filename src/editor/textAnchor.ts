import type { Span } from './textSpan';

/** One edit, as VS Code reports it: several of one event come last-in-document first. */
export interface TextChange {
  rangeOffset: number;
  rangeLength: number;
  text: string;
}

/**
 * The place in a document that a text was taken from, followed through edits: what is changed
 * before it shifts it, what is changed inside it makes its tokens unrevealable until the edit is
 * undone, and what is changed across its border loses it.
 */
export class TextAnchor {
  private state: 'intact' | 'edited' | 'lost' = 'intact';
  private length: number;

  constructor(
    /** The document's URI as a string. */
    readonly uri: string,
    private start: number,
    private readonly text: string,
    /** Where the text begins in what the model reads, if that begins elsewhere. */
    private readonly from = 0,
  ) {
    this.length = text.length;
  }

  /** The text stands in the document as it was taken. */
  get intact(): boolean {
    return this.state === 'intact';
  }

  /**
   * Where a range of what the model reads is in the document now: as much of it as belongs to this
   * text; null where that is nothing, or not there any more.
   */
  locate(range: Span): Span | null {
    const start = Math.max(range.start, this.from);
    const end = Math.min(range.end, this.from + this.text.length);
    if (!this.intact || start > end || (start === end && range.start < range.end)) return null;
    const shift = this.start - this.from;
    return { start: start + shift, end: end + shift };
  }

  /** Follows an edit; `read` gives the document's text after it. */
  follow(changes: readonly TextChange[], read: (span: Span) => string): void {
    for (const change of changes) this.followOne(change);
    // Undo brings the old text back: only a text of the old length is worth comparing.
    if (this.state === 'edited' && this.length === this.text.length) this.verify(read);
  }

  /** Compares with the document again, after a time in which edits were not seen. */
  verify(read: (span: Span) => string): void {
    if (this.state === 'lost') return;
    this.length = this.text.length;
    const found = read({ start: this.start, end: this.start + this.length });
    this.state = found === this.text ? 'intact' : 'edited';
  }

  /** The document is gone. */
  lose(): void {
    this.state = 'lost';
  }

  private followOne({ rangeOffset, rangeLength, text }: TextChange): void {
    const changeEnd = rangeOffset + rangeLength;
    const end = this.start + this.length;
    const growth = text.length - rangeLength;
    // Once edited, what is put in at a border counts as inside: it may be an edit being undone.
    const borders = this.state === 'edited' && rangeLength === 0;
    if (borders ? rangeOffset > end : rangeOffset >= end) return;
    if (borders ? changeEnd < this.start : changeEnd <= this.start) {
      this.start += growth;
    } else if (rangeOffset >= this.start && changeEnd <= end) {
      this.length += growth;
      if (this.state === 'intact') this.state = 'edited';
    } else {
      this.state = 'lost';
    }
  }
}
