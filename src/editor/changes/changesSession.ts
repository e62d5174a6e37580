import * as vscode from 'vscode';
import { changesReport, reportedHunks } from '../../inspection/changesReport';
import { compareDocuments, type ComparedText, type DocumentComparison, type Hunk } from '../../inspection/documentComparison'; // prettier-ignore
import type { EngineConnection } from '../../protocol/engine';
import type {
  ChangedHunk,
  ChangedTokens,
  ChangesBase,
  ChangesFigures,
  ChangesStatus,
  DocumentChanges,
} from '../../protocol/documentChanges';
import type { ModelDescription } from '../../protocol/inspection';
import { UserError } from '../../protocol/userError';
import { ChangeEmitter } from '../emitter';
import type { Exported } from '../exports';
import type { ReadingContext } from '../reading/documentReading';
import { DocumentReadings, type HeldReading } from '../reading/documentReadings';
import { followSpan } from '../reading/followSpan';
import type { OpenReading } from '../reading/openReading';
import type { ReadText } from '../../inspection/readText';
import { changedTokens } from './changedTokens';
import { changeLine } from './changeNoteText';
import { comparedTexts, type ComparedTexts } from './comparedTexts';
import { DiffTab } from './diffTab';
import { copyScheme, TextCopies } from './textCopies';

/** Whether a document still differs from its file shows a moment after it changed. */
const settledMs = 100;

/** Two versions that were read to their ends, and what their comparison says. */
interface Shown {
  version: number;
  readBefore: ReadText;
  readAfter: ReadText;
  before: ComparedText;
  after: ComparedText;
  comparison: DocumentComparison;
}

/** One comparison, from the command to the closing of its diff editor. */
interface Current {
  serial: number;
  texts: ComparedTexts;
  tab: DiffTab;
  before: HeldReading;
  after: HeldReading;
  stopped: boolean;
  shown: Shown | null;
}

/**
 * A document compared with another version of it: both are read to their ends and again after edits,
 * as long as the diff editor that shows them is open. One at a time.
 */
export class ChangesSession implements vscode.Disposable {
  private readonly changes = new ChangeEmitter();
  readonly onDidChange = this.changes.event;
  private readonly copies = new TextCopies();
  private readonly readings: DocumentReadings;
  private readonly subscriptions: vscode.Disposable[];
  private current: Current | null = null;
  /** Of both texts: an editor shows them as one, and a repository may keep them as the other. */
  private eol = vscode.EndOfLine.LF;
  private words: { folder: string; texts: string[] } | null = null;
  private serial = 0;
  private version = 0;

  constructor(private readonly context: ReadingContext & { engine: EngineConnection }) {
    // Of their own: what is highlighted may be a part of a document, and with what comes before it.
    this.readings = new DocumentReadings(context, (document) => {
      return { text: withBreaks(document.getText(), this.eol), base: 0, from: 0 };
    });
    this.subscriptions = [
      this.copies,
      this.readings,
      this.readings.onDidChange(() => this.update()),
      vscode.window.tabGroups.onDidChangeTabs(() => {
        if (this.current && !this.current.tab.isOpen) this.end();
      }),
      vscode.workspace.onDidSaveTextDocument((document) => this.saved(document)),
      vscode.workspace.onDidChangeTextDocument((change) => this.edited(change)),
    ];
    DiffTab.closeLeftOver();
  }

  /** What the panel shows; null where nothing is compared. */
  get state(): DocumentChanges | null {
    const { current } = this;
    if (!current) return null;
    const { serial, texts, shown } = current;
    return {
      serial,
      source: texts.source,
      base: texts.base,
      status: this.status(current),
      fraction: fraction(current),
      error: current.before.open.reading.error ?? current.after.open.reading.error,
      version: shown?.version ?? 0,
      figures: shown && figures(shown),
    };
  }

  /** The document that notes are shown in, and its hunks; null unless they are of its text of now. */
  get notes(): { document: vscode.TextDocument; hunks: readonly Hunk[] } | null {
    const { current } = this;
    if (!current?.shown || this.status(current) !== 'done') return null;
    return { document: current.texts.after, hunks: current.shown.comparison.hunks };
  }

  /** What an export is about. */
  get exported(): Exported | null {
    if (!this.current?.shown) return null;
    const { texts, shown } = this.current;
    return { source: texts.source, text: shown.after.text, model: shown.readAfter.model };
  }

  /**
   * Shows a document beside another version of it, and begins to read both.
   *
   * @throws {UserError} where there is nothing to compare.
   */
  async compare(base: ChangesBase, editor: vscode.TextEditor | undefined): Promise<void> {
    const texts = await comparedTexts(base, editor, this.copies);
    const { before, after } = texts;
    for (const copy of [before, after]) await sameLanguage(copy, editor!.document);
    const tab = new DiffTab(texts);
    const last = this.current;
    this.release();
    if (last && !last.tab.same(tab)) await last.tab.close();
    await tab.show();
    // Somebody may have asked for another one meanwhile.
    this.release();
    this.eol = after.eol;
    this.current = {
      serial: ++this.serial,
      texts,
      tab,
      before: this.readings.hold(before),
      after: this.readings.hold(after),
      stopped: false,
      shown: null,
    };
    this.update();
  }

  /** Resolves once both texts are read, or could not be, or nobody waits for it any more. */
  async finished(): Promise<void> {
    const { serial } = this;
    await new Promise<void>((resolve) => {
      const check = () => {
        const status = this.current?.serial === serial ? this.state?.status : undefined;
        if (status === 'reading' || status === 'edited') return;
        listener.dispose();
        resolve();
      };
      const listener = this.onDidChange(check);
      check();
    });
  }

  hunks(version: number): ChangedHunk[] {
    const { comparison, before, after } = this.shown(version);
    return reportedHunks(comparison, before, after);
  }

  async tokens(
    version: number,
    hunk: number,
  ): Promise<{ before: ChangedTokens; after: ChangedTokens }> {
    const { comparison, readBefore, readAfter } = this.shown(version);
    const vocabulary = await this.vocabulary(readAfter.model);
    return changedTokens(comparison.hunks, hunk, readBefore, readAfter, vocabulary);
  }

  async report(version: number): Promise<unknown> {
    const { comparison, before, after, readAfter } = this.shown(version);
    const vocabulary = await this.vocabulary(readAfter.model);
    return changesReport(comparison, before, after, (id) => vocabulary[id] ?? '');
  }

  /** Shows a hunk in the diff editor, or a token of the text after. */
  async reveal(version: number, place: { hunk: number } | { token: number }): Promise<void> {
    const { comparison, after } = this.shown(version);
    const { texts, tab } = this.current!;
    if ('token' in place) {
      const [start, end] = [after.starts[place.token], after.ends[place.token]];
      if (start === undefined || end === undefined) return;
      const at = (offset: number) => texts.after.positionAt(offset);
      await tab.reveal(new vscode.Range(at(start), at(end)));
      return;
    }
    const hunk = comparison.hunks[place.hunk];
    if (!hunk) return;
    const line = Math.min(changeLine(hunk), texts.after.lineCount - 1);
    await tab.reveal(new vscode.Range(line, 0, line, 0));
  }

  /** Ends the reading; what is known stays. */
  stop(): void {
    if (!this.current) return;
    this.current.before.open.stop();
    this.current.after.open.stop();
    this.current.stopped = true;
    this.changes.fire();
  }

  /** Reads the rest. */
  goOn(): void {
    if (!this.current) return;
    this.current.stopped = false;
    void this.current.before.open.read();
    void this.current.after.open.read();
  }

  /** Ends the comparison, and closes its diff editor. */
  async close(): Promise<void> {
    const { current } = this;
    this.end();
    await current?.tab.close();
  }

  /** Brings the diff editor to the front. */
  async show(): Promise<void> {
    await this.current?.tab.show();
  }

  /** The model is another: nothing that was computed holds. */
  reset(): void {
    if (!this.current) return;
    this.current.shown = null;
    this.words = null;
    this.readings.reset();
  }

  dispose(): void {
    for (const subscription of this.subscriptions) subscription.dispose();
  }

  /** The text of every token; asked for once for each model. */
  private async vocabulary({ folder }: ModelDescription): Promise<string[]> {
    if (this.words?.folder !== folder) {
      const model = { ...this.context.parameters().model, folder };
      const texts = await this.context.engine.request('vocabulary', { model });
      this.words = { folder, texts };
    }
    return this.words.texts;
  }

  private shown(version: number): Shown {
    const shown = this.current?.shown;
    if (shown?.version === version) return shown;
    throw new UserError('These changes are not on show any more: choose one of those that are.');
  }

  private status({ shown, stopped, before, after }: Current): ChangesStatus {
    const [readBefore, readAfter] = [before.open.reading, after.open.reading];
    if (readBefore.error !== null || readAfter.error !== null) return 'failed';
    const read = readBefore.complete && readAfter.complete;
    if (read && isOf(shown, readBefore.text, readAfter.text)) return 'done';
    if (stopped) return 'stopped';
    return shown ? 'edited' : 'reading';
  }

  /** Something of the readings changed. */
  private update(): void {
    const { current } = this;
    if (!current) return;
    const [before, after] = [current.before.open, current.after.open];
    if (before.busy || after.busy) current.stopped = false;
    if (before.reading.complete && after.reading.complete) this.compute(current);
    this.changes.fire();
  }

  private compute(current: Current): void {
    const [before, after] = [current.before.open, current.after.open];
    const [readBefore, readAfter] = [before.reading.text!, after.reading.text!];
    if (isOf(current.shown, readBefore, readAfter)) return;
    // Between two models, one of the texts is read anew in a moment.
    if (readBefore.model.folder !== readAfter.model.folder) return;
    const texts = {
      before: { ...readBefore, text: before.placement.text },
      after: { ...readAfter, text: after.placement.text },
    };
    const comparison = compareDocuments(texts.before, texts.after);
    current.shown = { version: ++this.version, readBefore, readAfter, ...texts, comparison };
  }

  private saved(document: vscode.TextDocument): void {
    const texts = this.current?.texts;
    if (texts?.base === 'saved' && texts.after === document) {
      this.copies.write(texts.before, document.getText());
    }
  }

  private edited({ document, contentChanges }: vscode.TextDocumentChangeEvent): void {
    const texts = this.current?.texts;
    if (!texts || contentChanges.length === 0) return;
    if (texts.part?.document === document) {
      texts.part.span = followSpan(texts.part.span, contentChanges);
      const { start, end } = texts.part.span;
      const range = new vscode.Range(document.positionAt(start), document.positionAt(end));
      this.copies.write(texts.after, document.getText(range));
    }
    if (texts.base !== 'saved' || texts.after !== document) return;
    // The file changed on disk, and the document, which nobody had changed, with it.
    setTimeout(() => {
      if (!document.isDirty) this.saved(document);
    }, settledMs);
  }

  private end(): void {
    this.release();
    this.changes.fire();
  }

  private release(): void {
    const { current } = this;
    if (!current) return;
    this.current = null;
    current.before.dispose();
    current.after.dispose();
    for (const copy of [current.texts.before, current.texts.after]) this.copies.forget(copy);
  }
}

function isOf(shown: Shown | null, before: ReadText | null, after: ReadText | null): boolean {
  return shown !== null && shown.readBefore === before && shown.readAfter === after;
}

function figures({ comparison, readAfter }: Shown): ChangesFigures {
  const { hunks, ...sums } = comparison;
  return { ...sums, hunks: hunks.length, model: readAfter.model };
}

/** The share of both texts that is read. */
function fraction({ before, after }: Current): number {
  const parts = [before.open, after.open];
  const length = (open: OpenReading) => open.placement.text.length;
  const all = parts.reduce((sum, open) => sum + length(open), 0);
  const read = parts.reduce((sum, open) => sum + length(open) * open.reading.fraction, 0);
  return all === 0 ? 1 : read / all;
}

function withBreaks(text: string, eol: vscode.EndOfLine): string {
  return text.replace(/\r\n|\r|\n/g, eol === vscode.EndOfLine.CRLF ? '\r\n' : '\n');
}

async function sameLanguage(copy: vscode.TextDocument, { languageId }: vscode.TextDocument) {
  if (copy.uri.scheme !== copyScheme || copy.languageId === languageId) return;
  await vscode.languages.setTextDocumentLanguage(copy, languageId);
}
