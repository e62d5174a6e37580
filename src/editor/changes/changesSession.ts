import * as vscode from 'vscode';
import { changesReport, reportedHunks } from '../../inspection/changesReport';
import type { Hunk } from '../../inspection/documentComparison';
import type {
  ChangedHunk,
  ChangedTokens,
  ChangesBase,
  DocumentChanges,
} from '../../protocol/documentChanges';
import type { EngineConnection } from '../../protocol/engine';
import type { ModelDescription } from '../../protocol/inspection';
import { UserError } from '../../protocol/userError';
import { ChangeEmitter } from '../emitter';
import type { Exported } from '../exports';
import type { ReadingContext } from '../reading/documentReading';
import { DocumentReadings } from '../reading/documentReadings';
import { followSpan } from '../reading/followSpan';
import { changedTokens } from './changedTokens';
import { changeLine } from './changeNoteText';
import { comparedTexts } from './comparedTexts';
import { DiffTab } from './diffTab';
import { OpenComparison, type ShownChanges } from './openComparison';
import { copyScheme, TextCopies } from './textCopies';

/** Whether a document still differs from its file shows a moment after it changed. */
const settledMs = 100;

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
  private current: OpenComparison | null = null;
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
    return this.current?.state ?? null;
  }

  /** The document that notes are shown in, and its hunks; null unless they are of its text of now. */
  get notes(): { document: vscode.TextDocument; hunks: readonly Hunk[] } | null {
    const { current } = this;
    if (!current?.shown || current.status !== 'done') return null;
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
    await this.makeRoomFor(tab);
    await tab.show();
    // Somebody may have asked for another one meanwhile.
    await this.makeRoomFor(tab);
    this.release();
    this.eol = after.eol;
    const [heldBefore, heldAfter] = [this.readings.hold(before), this.readings.hold(after)];
    this.current = new OpenComparison(++this.serial, texts, tab, heldBefore, heldAfter);
    this.update();
  }

  /** Resolves once both texts are read, or could not be, or nobody waits for it any more. */
  async finished(): Promise<void> {
    const { serial } = this;
    await new Promise<void>((resolve) => {
      const check = () => {
        const status = this.current?.serial === serial ? this.current.status : undefined;
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

  /**
   * Shows a hunk in the diff editor, or a token of the text after.
   *
   * @throws {UserError} where the text was changed since it was read.
   */
  async reveal(version: number, place: { hunk: number } | { token: number }): Promise<void> {
    const { comparison, after } = this.shown(version);
    const { texts, tab, validUntil } = this.current!;
    const { after: document } = texts;
    if ('token' in place) {
      const [start, end] = [after.starts[place.token], after.ends[place.token]];
      if (start === undefined || end === undefined) return;
      if (end > validUntil) {
        throw new UserError(
          'The text was changed before this token: choose it again once it is read.',
        );
      }
      await tab.reveal(new vscode.Range(document.positionAt(start), document.positionAt(end)));
      return;
    }
    const hunk = comparison.hunks[place.hunk];
    if (!hunk) return;
    const line = Math.min(changeLine(hunk), document.lineCount - 1);
    await tab.reveal(new vscode.Range(line, 0, line, 0));
  }

  /** Ends the reading; what is known stays. */
  stop(): void {
    this.current?.stop();
    this.changes.fire();
  }

  /** Reads the rest. */
  goOn(): void {
    this.current?.goOn();
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
    this.current.reset();
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

  private shown(version: number): ShownChanges {
    const shown = this.current?.shown;
    if (shown?.version === version) return shown;
    throw new UserError('These changes are not on show any more: choose one of those that are.');
  }

  /** Something of the readings changed. */
  private update(): void {
    if (!this.current) return;
    this.current.update(() => ++this.version);
    this.changes.fire();
  }

  private saved(document: vscode.TextDocument): void {
    const texts = this.current?.texts;
    if (texts?.base === 'saved' && texts.after === document) {
      this.copies.write(texts.before, document.getText());
    }
  }

  private edited({ document, contentChanges }: vscode.TextDocumentChangeEvent): void {
    const { current } = this;
    if (!current || contentChanges.length === 0) return;
    const { texts } = current;
    if (texts.part?.document === document) {
      texts.part.span = followSpan(texts.part.span, contentChanges);
      const { start, end } = texts.part.span;
      const range = new vscode.Range(document.positionAt(start), document.positionAt(end));
      this.copies.write(texts.after, document.getText(range));
    }
    if (texts.after !== document) return;
    if (document.eol !== this.eol) {
      this.eol = document.eol;
      current.breaksChanged();
    }
    if (texts.base !== 'saved') return;
    // The file changed on disk, and the document, which nobody had changed, with it.
    setTimeout(() => {
      if (!document.isDirty) this.saved(document);
    }, settledMs);
  }

  /** Ends what is compared now, and closes its diff editor unless it is the same. */
  private async makeRoomFor(tab: DiffTab): Promise<void> {
    const last = this.current;
    this.release();
    if (last && !last.tab.same(tab)) await last.tab.close();
  }

  private end(): void {
    this.release();
    this.changes.fire();
  }

  private release(): void {
    const { current } = this;
    if (!current) return;
    this.current = null;
    current.dispose();
    for (const copy of [current.texts.before, current.texts.after]) this.copies.forget(copy);
  }
}

function withBreaks(text: string, eol: vscode.EndOfLine): string {
  return text.replace(/\r\n|\r|\n/g, eol === vscode.EndOfLine.CRLF ? '\r\n' : '\n');
}

async function sameLanguage(copy: vscode.TextDocument, { languageId }: vscode.TextDocument) {
  if (copy.uri.scheme !== copyScheme || copy.languageId === languageId) return;
  await vscode.languages.setTextDocumentLanguage(copy, languageId);
}
