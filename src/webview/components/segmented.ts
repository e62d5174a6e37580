import { css, html, LitElement } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import { shared } from './styles';

export interface Segment {
  value: string;
  label: string;
  /** What it says where there is little room. */
  short?: string;
  /** What it means, for the tooltip. */
  title: string;
}

/** One of a few: a row of buttons that is a radio group to the keyboard. Fires `choose`. */
@customElement('fp-segmented')
export class Segmented extends LitElement {
  @property({ attribute: false }) segments: readonly Segment[] = [];
  @property() value = '';
  @property() label = '';

  static override styles = [
    shared,
    css`
      :host {
        container-type: inline-size;
      }
      div {
        display: flex;
        width: fit-content;
        max-width: 100%;
        padding: 1px;
        gap: 1px;
        border: 1px solid var(--fp-border);
        border-radius: 5px;
      }
      button {
        min-width: 0;
        height: 20px;
        padding: 0 7px;
        border: 1px solid transparent;
        border-radius: 3px;
        background: none;
        color: var(--fp-muted);
        font-size: var(--fp-small);
        white-space: nowrap;
        cursor: pointer;
      }
      button:hover {
        background: var(--vscode-toolbar-hoverBackground);
        color: var(--vscode-foreground);
      }
      button[aria-checked='true'] {
        background: var(--vscode-list-activeSelectionBackground);
        color: var(--vscode-list-activeSelectionForeground);
        border-color: var(--vscode-contrastActiveBorder, transparent);
      }
      .short {
        display: none;
      }
      @container (max-width: 300px) {
        button {
          padding: 0 4px;
        }
        .short {
          display: inline;
        }
        .short + .long {
          display: none;
        }
      }
    `,
  ];

  override render() {
    return html`<div role="radiogroup" aria-label=${this.label} @keydown=${this.keyDown}>
      ${this.segments.map(
        ({ value, label, short, title }) =>
          html`<button
            role="radio"
            aria-checked=${value === this.value ? 'true' : 'false'}
            aria-label=${label}
            tabindex=${value === this.value ? 0 : -1}
            title=${title}
            data-value=${value}
            @click=${() => this.choose(value)}
          >
            ${short === undefined ? '' : html`<span class="short">${short}</span>`}<span
              class="long"
              >${label}</span
            >
          </button>`,
      )}
    </div>`;
  }

  private choose(value: string): void {
    if (value === this.value) return;
    this.dispatchEvent(new CustomEvent('choose', { detail: value }));
  }

  private readonly keyDown = (event: KeyboardEvent) => {
    const step = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[event.key] ?? 0;
    if (step === 0) return;
    event.preventDefault();
    const at = this.segments.findIndex(({ value }) => value === this.value);
    const { value } = this.segments[(at + step + this.segments.length) % this.segments.length]!;
    this.choose(value);
    this.renderRoot.querySelector<HTMLElement>(`[data-value="${value}"]`)?.focus();
  };
}
