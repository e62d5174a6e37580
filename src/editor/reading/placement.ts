import * as vscode from 'vscode';
import type { Settings } from '../settings';
import type { Placement } from './openReading';

/**
 * What the model reads of a document: all of it; for a part, that part alone, or with the context
 * `document` all that comes before it too.
 */
export function placement(context: () => Settings['context']): Placement {
  return (document, part) => {
    if (!part) return { text: document.getText(), base: 0, from: 0 };
    const base = context() === 'document' ? 0 : part.start;
    const range = new vscode.Range(document.positionAt(base), document.positionAt(part.end));
    return { text: document.getText(range), base, from: part.start };
  };
}
