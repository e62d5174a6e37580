import type * as vscode from 'vscode';
import {
  compareDocuments,
  type ComparedText,
  type DocumentComparison,
} from '../../inspection/documentComparison';
import type { ReadText } from '../../inspection/readText';
import type {
  ChangesFigures,
  ChangesStatus,
  DocumentChanges,
} from '../../protocol/documentChanges';
import type { HeldReading } from '../reading/documentReadings';
import type { OpenReading } from '../reading/openReading';
import type { ComparedTexts } from './comparedTexts';
import type { DiffTab } from './diffTab';

/** Two versions that were read to their ends, and what their comparison says. */
export interface ShownChanges {
  version: number;
  readBefore: ReadText;
  readAfter: ReadText;
  before: ComparedText;
  after: ComparedText;
  comparison: DocumentComparison;
}

/**
 * One comparison, from the command to the closing of its diff editor: how far both texts are read, and
 * what was said of them when they last were read to their ends.
 */
export class OpenComparison implements vscode.Disposable {
  private stopped = false;
  private last: ShownChanges | null = null;

  /** @param serial grows with each comparison. */
  constructor(
    readonly serial: number,
    readonly texts: ComparedTexts,
    readonly tab: DiffTab,
    private readonly before: HeldReading,
    private readonly after: HeldReading,
  ) {}

  /** Null until both were read for the first time; of before an edit until they are read again. */
  get shown(): ShownChanges | null {
    return this.last;
  }

  /** What the panel shows. */
  get state(): DocumentChanges {
    const { serial, texts, last, before, after } = this;
    return {
      serial,
      source: texts.source,
      base: texts.base,
      status: this.status,
      fraction: fraction(before.open, after.open),
      error: before.open.reading.error ?? after.open.reading.error,
      version: last?.version ?? 0,
      figures: last && figures(last),
    };
  }

  get status(): ChangesStatus {
    const { last, stopped } = this;
    const [before, after] = [this.before.open.reading, this.after.open.reading];
    if (before.error !== null || after.error !== null) return 'failed';
    if (before.complete && after.complete && isOf(last, before.text, after.text)) return 'done';
    if (stopped) return 'stopped';
    return last ? 'edited' : 'reading';
  }

  /** Up to which UTF-16 offset of the text after the document is still what is shown. */
  get validUntil(): number {
    const { reading } = this.after.open;
    return this.last && reading.text === this.last.readAfter ? reading.validUntil : 0;
  }

  /** Something of the readings changed. */
  update(nextVersion: () => number): void {
    const [before, after] = [this.before.open, this.after.open];
    if (before.busy || after.busy) this.stopped = false;
    if (!before.reading.complete || !after.reading.complete) return;
    const [readBefore, readAfter] = [before.reading.text!, after.reading.text!];
    if (isOf(this.last, readBefore, readAfter)) return;
    // Between two models, one of the texts is read anew in a moment.
    if (readBefore.model.folder !== readAfter.model.folder) return;
    const texts = {
      before: { ...readBefore, text: before.placement.text },
      after: { ...readAfter, text: after.placement.text },
    };
    const comparison = compareDocuments(texts.before, texts.after);
    this.last = { version: nextVersion(), readBefore, readAfter, ...texts, comparison };
  }

  /** The text before is to have the other line breaks too. */
  breaksChanged(): void {
    this.before.open.contextEdited();
  }

  /** Ends the reading; what is known stays. */
  stop(): void {
    this.before.open.stop();
    this.after.open.stop();
    this.stopped = true;
  }

  /** Reads the rest. */
  goOn(): void {
    this.stopped = false;
    void this.before.open.read();
    void this.after.open.read();
  }

  /** Nothing that was computed holds. */
  reset(): void {
    this.last = null;
  }

  dispose(): void {
    this.before.dispose();
    this.after.dispose();
  }
}

function isOf(shown: ShownChanges | null, before: ReadText | null, after: ReadText | null) {
  return shown !== null && shown.readBefore === before && shown.readAfter === after;
}

function figures({ comparison, readAfter }: ShownChanges): ChangesFigures {
  const { hunks, ...sums } = comparison;
  return { ...sums, hunks: hunks.length, model: readAfter.model };
}

/** The share of both texts that is read. */
function fraction(...parts: OpenReading[]): number {
  const length = (open: OpenReading) => open.placement.text.length;
  const all = parts.reduce((sum, open) => sum + length(open), 0);
  const read = parts.reduce((sum, open) => sum + length(open) * open.reading.fraction, 0);
  return all === 0 ? 1 : read / all;
}
