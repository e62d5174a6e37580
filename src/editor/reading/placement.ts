import * as vscode from 'vscode';
import { contextOf } from '../notebookContext';
import type { Settings } from '../settings';
import type { Placement } from './openReading';

/**
 * What the model reads of a document: all of it; for a part, that part alone, or with the context
 * `document` all that comes before it too. The cells above count as before where the settings say so.
 */
export function placement(
  settings: () => Pick<Settings, 'context' | 'notebookContext'>,
): Placement {
  return (document, part) => {
    const { context, notebookContext } = settings();
    if (part && context === 'selection') {
      const range = new vscode.Range(
        document.positionAt(part.start),
        document.positionAt(part.end),
      );
      return { text: document.getText(range), base: part.start, from: part.start };
    }
    const { before } = contextOf(document, notebookContext);
    const text = before + document.getText().slice(0, part?.end);
    return { text, base: -before.length, from: part?.start ?? 0 };
  };
}
