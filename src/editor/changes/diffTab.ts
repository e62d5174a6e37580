import * as vscode from 'vscode';
import type { ChangesBase } from '../../protocol/documentChanges';
import type { ComparedTexts } from './comparedTexts';
import { copyScheme } from './textCopies';

const names: Record<ChangesBase, string> = {
  head: 'HEAD',
  saved: 'saved',
  clipboard: 'clipboard',
};

/** The diff editor that shows two versions of a text. */
export class DiffTab {
  /** It is listed among the tabs only a moment after it was opened. */
  private seen = false;

  constructor(private readonly texts: Omit<ComparedTexts, 'part'>) {}

  /** False once it was closed. */
  get isOpen(): boolean {
    this.seen ||= this.tab !== undefined;
    return !this.seen || this.tab !== undefined;
  }

  /** Both show the same. */
  same({ texts }: DiffTab): boolean {
    return matches(texts, this.texts.before.uri, this.texts.after.uri);
  }

  /** Opens it, or brings it to the front. */
  async show(options: vscode.TextDocumentShowOptions = {}): Promise<void> {
    const { base, source, before, after } = this.texts;
    const title = `${source} (${names[base]} ↔ now)`;
    const viewColumn = this.tab?.group.viewColumn;
    const whole = { preview: false, ...(viewColumn ? { viewColumn } : {}), ...options };
    await vscode.commands.executeCommand('vscode.diff', before.uri, after.uri, title, whole);
  }

  /** Brings a range of the text after into view, and selects it; the focus stays where it is. */
  async reveal(range: vscode.Range): Promise<void> {
    if (this.tab && !this.tab.isActive) await this.show({ preserveFocus: true });
    const editor = vscode.window.visibleTextEditors.find(
      ({ document }) => document === this.texts.after,
    );
    if (!editor) return;
    editor.selection = new vscode.Selection(range.start, range.end);
    editor.revealRange(range, vscode.TextEditorRevealType.InCenterIfOutsideViewport);
  }

  /** Closes it; what is not saved stays open in an editor of its own. */
  async close(): Promise<void> {
    const { tab } = this;
    if (!tab) return;
    const { after } = this.texts;
    if (after.isDirty) {
      const { viewColumn } = tab.group;
      await vscode.window.showTextDocument(after, { viewColumn, preview: false });
    }
    await vscode.window.tabGroups.close(tab, true);
  }

  /** Closes those of before a restart whose texts were copies: nobody knows these any more. */
  static closeLeftOver(): void {
    const left = allTabs().filter(
      ({ input }) =>
        input instanceof vscode.TabInputTextDiff &&
        (input.original.scheme === copyScheme || input.modified.scheme === copyScheme),
    );
    if (left.length > 0) void vscode.window.tabGroups.close(left, true);
  }

  private get tab(): vscode.Tab | undefined {
    return allTabs().find(
      ({ input }) =>
        input instanceof vscode.TabInputTextDiff &&
        matches(this.texts, input.original, input.modified),
    );
  }
}

function allTabs(): vscode.Tab[] {
  return vscode.window.tabGroups.all.flatMap(({ tabs }) => tabs);
}

function matches(
  { before, after }: Pick<ComparedTexts, 'before' | 'after'>,
  original: vscode.Uri,
  modified: vscode.Uri,
): boolean {
  return (
    before.uri.toString() === original.toString() && after.uri.toString() === modified.toString()
  );
}
