import * as vscode from 'vscode';
import type { DocumentReadings, HeldReading } from './documentReadings';

/** What a command needed once it often needs again soon. */
const keptMs = 60_000;

/** Holds documents' readings for a while after each use, at most until they are closed. */
export class BriefHolds implements vscode.Disposable {
  private readonly holds = new Map<vscode.TextDocument, { held: HeldReading; timer: NodeJS.Timeout }>(); // prettier-ignore
  private readonly closing = vscode.workspace.onDidCloseTextDocument((document) =>
    this.letGo(document),
  );

  constructor(private readonly readings: DocumentReadings) {}

  /** The document's reading, from now on for a while. */
  of(document: vscode.TextDocument): HeldReading {
    const held = this.holds.get(document)?.held ?? this.readings.hold(document);
    clearTimeout(this.holds.get(document)?.timer);
    this.holds.set(document, { held, timer: setTimeout(() => this.letGo(document), keptMs) });
    return held;
  }

  dispose(): void {
    this.closing.dispose();
    for (const document of [...this.holds.keys()]) this.letGo(document);
  }

  private letGo(document: vscode.TextDocument): void {
    const hold = this.holds.get(document);
    if (!hold) return;
    clearTimeout(hold.timer);
    this.holds.delete(document);
    hold.held.dispose();
  }
}
