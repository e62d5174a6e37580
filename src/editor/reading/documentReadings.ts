import * as vscode from 'vscode';
import { cellOf } from '../notebookContext';
import type { Span } from '../textSpan';
import type { ReadingContext } from './documentReading';
import { OpenReading, type Placement } from './openReading';

/** What keeps a document read: as long as somebody holds it, edits are followed. */
export interface HeldReading extends vscode.Disposable {
  readonly open: OpenReading;
}

interface Entry {
  open: OpenReading;
  holders: Set<object>;
}

/**
 * The documents that are read. Whoever needs one holds it (highlights, a command, a report); all share
 * what is computed, and the last to let go ends it.
 */
export class DocumentReadings implements vscode.Disposable {
  private readonly entries = new Map<vscode.TextDocument, Entry>();
  private readonly changes = new vscode.EventEmitter<OpenReading>();
  /** Something of a reading changed: its tokens, what is known of them, an error. */
  readonly onDidChange = this.changes.event;
  private readonly subscriptions: vscode.Disposable[];

  constructor(
    private readonly context: ReadingContext,
    private readonly place: Placement,
  ) {
    this.subscriptions = [
      this.changes,
      vscode.workspace.onDidChangeTextDocument(({ document, contentChanges }) => {
        if (this.entries.size === 0) return;
        this.of(document)?.edited(contentChanges);
        const notebook = cellOf(document)?.notebook;
        if (notebook) this.notebookEdited(notebook, document);
      }),
      vscode.workspace.onDidChangeNotebookDocument(({ notebook, contentChanges }) => {
        if (contentChanges.length > 0) this.notebookEdited(notebook);
      }),
    ];
  }

  /** The reading of a document, if there is one. */
  of(document: vscode.TextDocument): OpenReading | undefined {
    return this.entries.get(document)?.open;
  }

  /** All that are under way or done. */
  get all(): OpenReading[] {
    return [...this.entries.values()].map(({ open }) => open);
  }

  /**
   * Reads a document, or goes on with what is known of it. A part replaces the part, or the whole,
   * that was read of the same document before.
   */
  hold(document: vscode.TextDocument, part?: Span | null): HeldReading {
    let entry = this.entries.get(document);
    if (entry && part !== undefined && !sameSpan(entry.open.span, part)) {
      this.replace(entry, document, part);
    }
    if (!entry) {
      entry = { open: this.begin(document, part ?? null), holders: new Set() };
      this.entries.set(document, entry);
    }
    const held = entry;
    const holder = {};
    held.holders.add(holder);
    return {
      get open() {
        return held.open;
      },
      dispose: () => {
        held.holders.delete(holder);
        if (held.holders.size > 0 || this.entries.get(document) !== held) return;
        held.open.dispose();
        this.entries.delete(document);
      },
    };
  }

  /** Forgets everything and reads anew: the model, or what it is given, is another. */
  reset(): void {
    for (const { open } of this.entries.values()) open.reset();
  }

  dispose(): void {
    for (const { open } of this.entries.values()) open.dispose();
    this.entries.clear();
    for (const subscription of this.subscriptions) subscription.dispose();
  }

  private notebookEdited(notebook: vscode.NotebookDocument, edited?: vscode.TextDocument): void {
    for (const open of this.all) {
      if (open.document === edited || cellOf(open.document)?.notebook !== notebook) continue;
      open.contextEdited();
    }
  }

  private replace(entry: Entry, document: vscode.TextDocument, part: Span | null): void {
    entry.open.dispose();
    entry.open = this.begin(document, part);
  }

  private begin(document: vscode.TextDocument, part: Span | null): OpenReading {
    const open = new OpenReading(document, this.place, this.context, part);
    open.onDidChange(() => this.changes.fire(open));
    void open.read();
    return open;
  }
}

function sameSpan(a: Span | null, b: Span | null): boolean {
  return a === b || (a !== null && b !== null && a.start === b.start && a.end === b.end);
}
