import * as vscode from 'vscode';
import { UserError } from '../../protocol/userError';
import type { Outcome, Subject } from '../inspectionSession';
import { contextOf } from '../notebookContext';
import { sourceLabel } from '../selectedText';
import { TextAnchor } from '../textAnchor';
import type { DocumentReadings } from './documentReadings';
import type { OpenReading } from './openReading';
import { safeEnd, windowPlace } from './readWindow';
import type { PlaceInDocument } from './tokenLinks';

export interface InspectAtContext {
  readings: DocumentReadings;
  inspect: (subject: Subject) => Promise<Outcome>;
}

/**
 * Opens the panel on a token of a document that is read: on the very pass that said what the token was
 * expected to be, so that all numbers are the same.
 *
 * @throws {UserError} where nothing is known of the place any more.
 */
export async function inspectAt(
  { readings, inspect }: InspectAtContext,
  { uri, offset }: PlaceInDocument,
): Promise<void> {
  const document = vscode.workspace.textDocuments.find((open) => open.uri.toString() === uri);
  const open = document && readings.of(document);
  const token = open?.tokensAt(offset)[0];
  if (!open || token === undefined || open.reading.validUntil !== Infinity) {
    throw new UserError(
      'The text is not read at this place: wait a moment, and rest the pointer on the token again.',
    );
  }
  const { subject, isBehind } = subjectAt(open, token);
  const outcome = await inspect(subject);
  if (outcome !== 'done' || !isBehind) return;
  vscode.window.setStatusBarMessage(
    'Forward Pass: this token came after a full window; what was expected in its place is what comes next in the panel.',
    10_000,
  );
}

function subjectAt(open: OpenReading, token: number): { subject: Subject; isBehind: boolean } {
  const { document, placement } = open;
  const read = open.reading.text!;
  const { window, position, isBehind } = windowPlace(read, token);
  const text = placement.text.slice(0, safeEnd(placement.text, read.ends[window.end - 1]!));
  // Of a notebook's cell, those above may come first.
  const before = Math.max(0, -placement.base);
  const cells = before > 0 ? contextOf(document, 'above').cells : [];
  const line = (token: number) => document.positionAt(open.offsetsOf(token).start).line;
  return {
    subject: {
      text,
      source: sourceLabel(document, cells.length, line(window.start), line(window.end - 1)),
      anchor: new TextAnchor(
        document.uri.toString(),
        Math.max(0, placement.base),
        text.slice(before),
        before,
      ),
      above: cells.map(({ uri, text, from }) => new TextAnchor(uri, 0, text, from)),
      window: { start: window.start, end: window.end },
      position,
    },
    isBehind,
  };
}
