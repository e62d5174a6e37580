import { css, html, nothing } from 'lit';
import type { EngineQuestion } from '../../protocol/panel';
import type { Loadable } from '../state/loader';
import type { PanelStore } from '../state/store';

/** A sentence that says what went wrong, with a line before it. */
export const failureStyles = css`
  .failed {
    padding-left: 8px;
    border-left: 2px solid var(--vscode-errorForeground);
    color: var(--vscode-foreground);
    margin: 8px 0;
    line-height: 1.45;
  }
  .failed .link + .link {
    margin-left: 8px;
  }
`;

/** What went wrong, and behind it what can be done about it; nothing where nothing went wrong. */
export function failure(sentence: string | null, ...ways: unknown[]) {
  if (sentence === null) return nothing;
  return html`<p class="failed small" role="alert">${sentence} ${ways}</p>`;
}

/** One thing that can be done about it. */
export function way(label: string, act: () => void) {
  return html`<button class="link" @click=${act}>${label}</button>`;
}

/** An answer of the engine that failed, to be asked for again; nothing where it did not fail. */
export function failedAnswer(
  store: PanelStore,
  method: EngineQuestion,
  answer: Loadable<unknown> | null,
) {
  if (answer?.status !== 'failed') return nothing;
  return failure(
    answer.message,
    way('Try again', () => store.retry(method)),
  );
}
