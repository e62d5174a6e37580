import { css, html, nothing } from 'lit';
import { customElement } from 'lit/decorators.js';
import '@vscode-elements/elements/dist/vscode-progress-bar/index.js';
import { icon } from './icons';
import { StoreElement } from './storeElement';
import { shared } from './styles';

/** What goes on (a computation that can be cancelled) and what went wrong, above the result. */
@customElement('fp-banner')
export class Banner extends StoreElement {
  static override styles = [
    shared,
    css`
      :host {
        position: sticky;
        top: 0;
        z-index: 2;
      }
      vscode-progress-bar {
        display: block;
      }
      .busy {
        display: flex;
        align-items: baseline;
        gap: 8px;
        padding: 5px var(--fp-pad);
        background: var(--fp-surface);
        border-bottom: 1px solid var(--fp-section-border);
      }
      .message {
        flex: 1;
        min-width: 0;
        overflow-wrap: anywhere;
      }
      .error {
        display: grid;
        grid-template-columns: 16px 1fr;
        gap: 4px 8px;
        margin: 8px var(--fp-pad);
        padding: 8px 10px;
        border: 1px solid var(--vscode-inputValidation-errorBorder, var(--vscode-errorForeground));
        border-radius: 4px;
        background: var(--vscode-inputValidation-errorBackground);
        color: var(--vscode-inputValidation-errorForeground, var(--vscode-foreground));
        line-height: 1.45;
      }
      .error > .icon {
        margin-top: 1px;
        color: var(--vscode-errorForeground);
      }
      .error p {
        overflow-wrap: anywhere;
      }
      .actions {
        grid-column: 2;
        display: flex;
        flex-wrap: wrap;
        gap: 4px 14px;
      }
    `,
  ];

  override render() {
    const { state, notice } = this.store;
    const error = state?.error ?? notice;
    return html`${this.busy()}${
      error === null
        ? nothing
        : html`<div class="error" role="alert">
            ${icon('error')}
            <p>${error}</p>
            <div class="actions">
              ${
                !state || state.error === null
                  ? nothing
                  : html`<button class="link" @click=${() => this.store.command('repeat')}>
                      Try again
                    </button>`
              }
              <button class="link" @click=${() => this.store.command('showLog')}>Show log</button>
              <button class="link" @click=${() => this.store.command('chooseModel')}>
                Choose model…
              </button>
            </div>
          </div>`
    }`;
  }

  private busy() {
    const busy = this.store.state?.busy;
    if (!busy) return nothing;
    const indeterminate = busy.fraction === null;
    return html`<vscode-progress-bar
        aria-label="Progress"
        ?indeterminate=${indeterminate}
        .value=${indeterminate ? undefined : Math.round(busy.fraction! * 100)}
      ></vscode-progress-bar>
      <div class="busy">
        <span class="message" role="status">${busy.message}</span>
        <button class="link" @click=${() => this.store.command('cancel')}>Cancel</button>
      </div>`;
  }
}
