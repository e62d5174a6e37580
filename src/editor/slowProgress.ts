import * as vscode from 'vscode';
import type { InspectionSession } from './inspectionSession';

/** A model that loads says so after this time; a pass is given longer, for it seldom takes long. */
const LOADING_MS = 300;
const PASS_MS = 1000;

/** Shows a notification with a Cancel button when work takes long enough to make one wonder. */
export async function withSlowProgress<T>(
  session: InspectionSession,
  work: Promise<T>,
): Promise<T> {
  const began = Date.now();
  let ended = false;
  let opened = false;
  const open = () => {
    const { busy } = session.state;
    const limit = busy?.stage === 'loading' ? LOADING_MS : PASS_MS;
    if (opened || ended || !busy || Date.now() - began < limit) return;
    opened = true;
    void notify(session, work);
  };
  const timers = [setTimeout(open, LOADING_MS), setTimeout(open, PASS_MS)];
  const listener = session.onDidChange(open);
  try {
    return await work;
  } finally {
    ended = true;
    listener.dispose();
    for (const timer of timers) clearTimeout(timer);
  }
}

function notify(session: InspectionSession, work: Promise<unknown>): Thenable<void> {
  return vscode.window.withProgress(
    { location: vscode.ProgressLocation.Notification, title: 'Forward Pass', cancellable: true },
    async (progress, cancellation) => {
      cancellation.onCancellationRequested(() => session.cancel());
      let reported = 0;
      const report = () => {
        const { busy } = session.state;
        if (!busy) return;
        const percent = (busy.fraction ?? 0) * 100;
        // A new stage begins at 0 again, but a notification's bar only grows.
        const increment = Math.max(0, percent - reported);
        reported += increment;
        progress.report({ message: busy.message, increment });
      };
      report();
      const listener = session.onDidChange(report);
      try {
        await work;
      } finally {
        listener.dispose();
      }
    },
  );
}
