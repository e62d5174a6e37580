import * as vscode from 'vscode';
import { UserError } from '../../protocol/userError';
import { sayFailure } from '../sayFailure';
import { Announcement } from './announcement';
import { BriefHolds } from './briefHolds';
import type { DocumentReadings } from './documentReadings';
import type { OpenReading } from './openReading';
import { findSurprising, type FirstUnknown, type FoundPlace } from './surprisingPlaces';
import { nothingSurprising, surprisingText } from './surprisingText';

/** A wait is shown when it is long enough to make one wonder. */
const waitShownMs = 300;
const sentenceMs = 8000;

export interface SurprisingTokensContext {
  readings: DocumentReadings;
  editor(): vscode.TextEditor | undefined;
  /** From so many bits on, a token of the document is surprising. */
  leastBits(document: vscode.TextDocument): number;
  explain(error: unknown): string;
}

/**
 * From one token that surprised the model to the next, or to the one before it. What is not read yet on
 * the way is read first, so that none is left out.
 */
export class SurprisingTokens implements vscode.Disposable {
  private readonly holds: BriefHolds;
  private readonly announcement = new Announcement();
  private underWay: AbortController | undefined;
  private reached: { document: vscode.TextDocument; range: vscode.Range } | null = null;
  /** Selections made here that VS Code has not reported back yet: until then the editor's may be old. */
  private reporting: vscode.Range[] = [];
  private readonly subscriptions: vscode.Disposable[];

  constructor(private readonly context: SurprisingTokensContext) {
    this.holds = new BriefHolds(context.readings);
    this.subscriptions = [
      this.holds,
      this.announcement,
      vscode.window.onDidChangeTextEditorSelection(({ textEditor }) => this.moved(textEditor)),
      vscode.window.onDidChangeActiveTextEditor(() => this.leave()),
      vscode.workspace.onDidChangeTextDocument(({ document, contentChanges }) => {
        if (contentChanges.length > 0 && document === this.reached?.document) this.leave();
      }),
    ];
  }

  /** What was last said, as long as it is on show. */
  get said(): string | null {
    return this.announcement.said;
  }

  /** The selection is one that was made here: it stands for the token, not for a text to go on from. */
  isAt(document: vscode.TextDocument, range: vscode.Range): boolean {
    const { reached } = this;
    return reached !== null && reached.document === document && reached.range.isEqual(range);
  }

  /** The token that was gone to is here, and still selected. */
  isOn(document: vscode.TextDocument, position: vscode.Position): boolean {
    return this.reached?.document === document && this.reached.range.contains(position);
  }

  /**
   * Goes to the next surprising token, or to the one before. A later call, or moving the cursor, ends
   * the wait for what is not read yet.
   *
   * @param direction 1 for the next, −1 for the previous.
   */
  async go(direction: 1 | -1): Promise<void> {
    this.underWay?.abort();
    const controller = new AbortController();
    this.underWay = controller;
    try {
      const editor = this.context.editor();
      if (!editor) {
        throw new UserError('Open a text first: then this goes from one surprising token to the next.'); // prettier-ignore
      }
      await this.goIn(editor, direction, controller.signal);
    } catch (error) {
      if (!controller.signal.aborted) sayFailure(error, (error) => this.context.explain(error));
    } finally {
      if (this.underWay === controller) this.underWay = undefined;
    }
  }

  dispose(): void {
    this.underWay?.abort();
    for (const subscription of this.subscriptions) subscription.dispose();
  }

  private async goIn(
    editor: vscode.TextEditor,
    direction: 1 | -1,
    signal: AbortSignal,
  ): Promise<void> {
    const { document } = editor;
    const leastBits = this.context.leastBits(document);
    const from = this.selectionOf(editor);
    const { open } = this.holds.of(document);
    // What went wrong before is tried again.
    if (open.reading.error !== null && !open.reading.busy) void open.read();
    const look = () => {
      const { open } = this.holds.of(document);
      const { reading } = open;
      const found = find(open, from, leastBits, direction);
      if (found === undefined || (found !== 'none' && 'unknown' in found)) {
        if (reading.error !== null && !reading.busy) throw new UserError(reading.error);
        if (!found) return undefined;
        const { starts, ends } = reading.text!;
        reading.prefer([{ start: starts[found.unknown]!, end: ends[found.unknown]! }]);
        return undefined;
      }
      // At once, before anything else can happen: the next call goes on from here.
      if (found === 'none') {
        const sentence = nothingSurprising(leastBits);
        this.announcement.show(sentence, sentence, sentenceMs);
      } else {
        this.show(editor, open, found);
      }
      return found;
    };
    if (!look()) await this.waitFor(document, signal, look);
  }

  /**
   * Looks again whenever something of the document's reading changes, before the reading goes on,
   * until `look` finds something or nobody waits any more.
   */
  private async waitFor(
    document: vscode.TextDocument,
    signal: AbortSignal,
    look: () => unknown,
  ): Promise<void> {
    const progress = new ReadProgress();
    try {
      await new Promise<void>((resolve, reject) => {
        const end = (settle: () => void) => {
          listener.dispose();
          signal.removeEventListener('abort', stop);
          settle();
        };
        const stop = () => end(resolve);
        const listener = this.context.readings.onDidChange((open) => {
          if (open.document !== document) return;
          progress.report(open.reading.fraction);
          try {
            if (look()) end(resolve);
          } catch (error) {
            end(() => reject(error instanceof Error ? error : new Error(String(error))));
          }
        });
        signal.addEventListener('abort', stop);
      });
    } finally {
      progress.end();
    }
  }

  /** Where the editor's primary selection is, or is about to be. */
  private selectionOf(editor: vscode.TextEditor): vscode.Range {
    const { reached, reporting } = this;
    return reached?.document === editor.document && reporting.length > 0
      ? reached.range
      : editor.selection;
  }

  private show(editor: vscode.TextEditor, open: OpenReading, { place, count }: FoundPlace): void {
    const { document } = editor;
    const { logprobs, ranks } = open.reading.text!;
    const { base } = open.placement;
    const range = new vscode.Range(
      document.positionAt(place.start + base),
      document.positionAt(place.end + base),
    );
    this.reached = { document, range };
    if (!range.isEqual(editor.selection)) this.reporting.push(range);
    // The cursor is where the token begins, so that a hover that is asked for there speaks of it.
    editor.selection = new vscode.Selection(range.end, range.start);
    editor.revealRange(range, vscode.TextEditorRevealType.InCenterIfOutsideViewport);
    const { text, spoken } = surprisingText({
      text: document.getText(range),
      logprob: logprobs[place.token]!,
      rank: ranks[place.token]!,
      count,
    });
    this.announcement.show(text, spoken);
  }

  private moved({ document, selection }: vscode.TextEditor): void {
    const reported = this.reporting.findIndex((range) => range.isEqual(selection));
    if (reported >= 0) {
      this.reporting.splice(0, reported + 1);
    } else if (document === vscode.window.activeTextEditor?.document) {
      this.leave();
    }
  }

  /** The token is not what the cursor is on any more, or somebody went elsewhere meanwhile. */
  private leave(): void {
    this.underWay?.abort();
    if (!this.reached) return;
    this.reached = null;
    this.reporting = [];
    this.announcement.hide();
  }
}

/** Undefined where the document is not even cut into tokens. */
function find(
  { reading, placement, document }: OpenReading,
  selection: vscode.Range,
  leastBits: number,
  direction: 1 | -1,
): FoundPlace | FirstUnknown | 'none' | undefined {
  const { text: read, validUntil } = reading;
  if (!read) return undefined;
  const { text, base, from } = placement;
  return findSurprising(
    { read, text, from: from - base, validUntil },
    leastBits,
    {
      start: document.offsetAt(selection.start) - base,
      end: document.offsetAt(selection.end) - base,
    },
    direction,
  );
}

/** How far the reading is, in the status bar, if that takes long. */
class ReadProgress {
  private progress: vscode.Progress<{ message: string }> | undefined;
  private message = '';
  private readonly timer: NodeJS.Timeout;
  private finish: () => void = () => undefined;

  constructor() {
    this.timer = setTimeout(() => {
      void vscode.window.withProgress(
        { location: vscode.ProgressLocation.Window, title: 'Forward Pass reads the text' },
        (progress) => {
          this.progress = progress;
          progress.report({ message: this.message });
          return new Promise<void>((resolve) => (this.finish = resolve));
        },
      );
    }, waitShownMs);
  }

  /** @param fraction from 0 to 1. */
  report(fraction: number): void {
    this.message = `${Math.floor(fraction * 100)} %`;
    this.progress?.report({ message: this.message });
  }

  end(): void {
    clearTimeout(this.timer);
    this.finish();
  }
}
