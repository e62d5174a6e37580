import * as vscode from 'vscode';
import { placeOf, type InspectionSession } from './inspectionSession';
import { revealSpan } from './reveal';
import type { TextAnchor } from './textAnchor';
import type { Span } from './textSpan';

/** Marks the selected token in every editor that shows its document, and follows edits there. */
export class TokenHighlight implements vscode.Disposable {
  private readonly decoration = vscode.window.createTextEditorDecorationType({
    backgroundColor: new vscode.ThemeColor('forwardPass.tokenHighlight'),
    borderColor: new vscode.ThemeColor('forwardPass.tokenHighlightBorder'),
    border: '1px solid',
    borderRadius: '2px',
    overviewRulerColor: new vscode.ThemeColor('forwardPass.tokenHighlightBorder'),
    overviewRulerLane: vscode.OverviewRulerLane.Center,
    rangeBehavior: vscode.DecorationRangeBehavior.ClosedClosed,
  });
  /** A highlight is shown from the first choice of a token until the next inspection. */
  private serial = -1;
  private readonly subscriptions: vscode.Disposable[];

  constructor(private readonly session: InspectionSession) {
    this.subscriptions = [
      this.decoration,
      session.onDidChange(() => this.draw()),
      vscode.window.onDidChangeVisibleTextEditors(() => this.draw()),
      vscode.workspace.onDidChangeTextDocument(({ document, contentChanges }) => {
        this.update(document, (anchor) => anchor.follow(contentChanges, reader(document)));
      }),
      vscode.workspace.onDidOpenTextDocument((document) => {
        this.update(document, (anchor) => anchor.verify(reader(document)));
      }),
      vscode.workspace.onDidCloseTextDocument((document) => {
        if (document.isUntitled) this.update(document, (anchor) => anchor.lose());
      }),
    ];
  }

  /** Shows the selected token in the editor. `avoid` is the column that must not be covered. */
  async reveal(avoid?: vscode.ViewColumn): Promise<void> {
    const { inspection } = this.session.state;
    const place = this.place();
    if (!inspection || !place) return;
    this.serial = inspection.serial;
    await revealSpan(vscode.Uri.parse(place.uri, true), place.span, avoid);
    this.draw();
  }

  dispose(): void {
    for (const subscription of this.subscriptions) subscription.dispose();
  }

  /** Where the selected token is; null for a token that is not of the text or not there any more. */
  private place(): ReturnType<typeof placeOf> {
    const { inspection, position } = this.session.state;
    const { subject } = this.session;
    const token = position === null ? undefined : inspection?.result.tokens[position];
    if (!subject || !token || token.special || token.start === token.end) return null;
    return placeOf(subject, token);
  }

  private draw(): void {
    const wanted = this.session.state.inspection?.serial === this.serial;
    const place = wanted ? this.place() : null;
    for (const editor of vscode.window.visibleTextEditors) {
      const { document } = editor;
      const span = place?.uri === document.uri.toString() ? place.span : null;
      editor.setDecorations(
        this.decoration,
        span
          ? [new vscode.Range(document.positionAt(span.start), document.positionAt(span.end))]
          : [],
      );
    }
  }

  private update(document: vscode.TextDocument, change: (anchor: TextAnchor) => void): void {
    for (const anchor of this.session.anchors) {
      if (anchor.uri !== document.uri.toString()) continue;
      const before = anchor.intact;
      change(anchor);
      if (anchor.intact === before) this.draw();
      else this.session.refresh();
    }
  }
}

function reader(document: vscode.TextDocument): (span: Span) => string {
  return ({ start, end }) =>
    document.getText(new vscode.Range(document.positionAt(start), document.positionAt(end)));
}
