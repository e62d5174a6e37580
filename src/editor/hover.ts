import * as vscode from 'vscode';
import type { EngineConnection, InspectParams } from '../protocol/engine';
import type { Inspection } from '../protocol/inspection';
import { signalOf } from './cancellation';
import { HOVER_COMMAND, hoverMarkdown } from './hoverMarkdown';
import { literal } from './hoverPieces';
import { contextOf } from './notebookContext';
import { nothingBefore } from './notebookText';
import { count } from './numbers';
import type { Settings } from './settings';
import { SharedRequest } from './sharedRequest';
import { chooseSpan, type Span } from './textSpan';

/** Beyond this a pointer that merely rests somewhere would start seconds of work. */
export const HOVER_CHARACTERS = 50_000;
/** The pointer on its way to another token of the same selection: the request goes on. */
const GRACE_MS = 250;

export interface HoverContext {
  engine: EngineConnection;
  settings(): Settings;
  parameters(): Omit<InspectParams, 'text'>;
  /** The selection stands for something else that another hover speaks of. */
  yields(document: vscode.TextDocument, selection: vscode.Selection): boolean;
  explain(error: unknown): string;
}

/** The prediction, where the pointer rests on the selection of the active editor. */
export class PredictionHover implements vscode.HoverProvider {
  private readonly request = new SharedRequest<Inspection>(GRACE_MS);

  constructor(private readonly context: HoverContext) {}

  async provideHover(
    document: vscode.TextDocument,
    position: vscode.Position,
    cancellation: vscode.CancellationToken,
  ): Promise<vscode.Hover | null> {
    const selection = selectionAt(document, position);
    if (!selection || this.context.yields(document, selection)) return null;
    const signal = signalOf(cancellation);
    try {
      const settings = this.context.settings();
      if (!settings.hover) return null;
      const span = chooseSpan(
        {
          selection: {
            start: document.offsetAt(selection.start),
            end: document.offsetAt(selection.end),
          },
          lineStart: 0,
        },
        settings.context,
      );
      if (!span) return null;
      const { before } =
        settings.context === 'document'
          ? contextOf(document, settings.notebookContext)
          : nothingBefore;
      if (before.length + span.end - span.start > HOVER_CHARACTERS) return tooLong(selection);
      const inspection = await this.inspect(document, before, span, signal);
      const offset = before.length + document.offsetAt(position) - span.start;
      const pointed =
        inspection.tokens.find(
          ({ start, end, special }) => !special && start <= offset && offset < end,
        ) ?? null;
      return new vscode.Hover(markdown(hoverMarkdown(inspection, pointed)), selection);
    } catch (error) {
      // Aborted by the pointer, or by a hover over another selection.
      if (signal.aborted || (error as Error).name === 'AbortError') return null;
      return new vscode.Hover(
        markdown(`**Forward Pass**\n\n${literal(this.context.explain(error))}`),
        selection,
      );
    }
  }

  /** Whether the pointer is where this hover has something to say. */
  answers(document: vscode.TextDocument, position: vscode.Position): boolean {
    const selection = selectionAt(document, position);
    if (!selection || this.context.yields(document, selection)) return false;
    try {
      return this.context.settings().hover;
    } catch {
      return true; // It says what is wrong with the settings.
    }
  }

  /** Forgets what was computed, so that the next hover asks the engine. */
  clear(): void {
    this.request.clear();
  }

  private inspect(document: vscode.TextDocument, before: string, span: Span, signal: AbortSignal) {
    const parameters = this.context.parameters();
    const key = JSON.stringify([
      document.uri.toString(),
      document.version,
      before,
      span,
      parameters,
    ]);
    return this.request.ask(key, signal, (signal) => {
      const text = document.getText(
        new vscode.Range(document.positionAt(span.start), document.positionAt(span.end)),
      );
      return this.context.engine.request(
        'inspect',
        { ...parameters, text: before + text },
        { signal },
      );
    });
  }
}

/** The selection of the active editor that the pointer is in. */
function selectionAt(document: vscode.TextDocument, position: vscode.Position) {
  const editor = vscode.window.activeTextEditor;
  if (editor?.document !== document) return undefined;
  return editor.selections.find((selection) => !selection.isEmpty && selection.contains(position));
}

function tooLong(selection: vscode.Selection): vscode.Hover {
  const limit = count(HOVER_CHARACTERS);
  return new vscode.Hover(
    markdown(
      `**Forward Pass** reads up to ${limit} characters in a hover: [inspect this text in the panel](command:${HOVER_COMMAND}).`,
    ),
    selection,
  );
}

function markdown(value: string): vscode.MarkdownString {
  const string = new vscode.MarkdownString(value);
  string.supportHtml = true;
  string.isTrusted = { enabledCommands: [HOVER_COMMAND] };
  return string;
}
