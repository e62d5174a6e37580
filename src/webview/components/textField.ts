import { css, html, LitElement, nothing } from 'lit';
import { customElement, property, query } from 'lit/decorators.js';
import { shared } from './styles';

/** Quiet time after a key before what was written is taken. */
const settleMs = 250;

/**
 * A labelled line of text that fires `text` soon after it was written, or at once with Enter. What it
 * is given while somebody writes in it waits until they are done.
 */
@customElement('fp-text-field')
export class TextField extends LitElement {
  /** What it is for, beside it. */
  @property() label = '';
  /** The same where nothing stands beside it. */
  @property() name = '';
  @property() text = '';
  @property() placeholder = '';
  @property() help = '';
  /** What is written is not understood. */
  @property({ type: Boolean }) wrong = false;
  @query('input') private input!: HTMLInputElement;

  private timer: ReturnType<typeof setTimeout> | undefined;

  static override styles = [
    shared,
    css`
      label {
        display: flex;
        align-items: center;
        gap: 6px;
      }
      span {
        flex: none;
        color: var(--fp-muted);
      }
      input {
        flex: 1;
        min-width: 0;
        height: 26px;
        padding: 0 7px;
        border: 1px solid var(--vscode-input-border, var(--vscode-contrastBorder, transparent));
        border-radius: 3px;
        background: var(--vscode-input-background);
        color: var(--vscode-input-foreground);
        font-family: var(--fp-mono);
        font-size: var(--fp-mono-size);
      }
      input.wrong {
        border-color: var(--vscode-inputValidation-errorBorder, var(--vscode-errorForeground));
      }
    `,
  ];

  override disconnectedCallback(): void {
    clearTimeout(this.timer);
    super.disconnectedCallback();
  }

  override render() {
    return html`<label
      >${this.label === '' ? nothing : html`<span>${this.label}</span>`}<input
        type="text"
        class=${this.wrong ? 'wrong' : ''}
        aria-label=${this.name || nothing}
        aria-invalid=${this.wrong ? 'true' : 'false'}
        placeholder=${this.placeholder}
        title=${this.help}
        spellcheck="false"
        autocomplete="off"
        @input=${() => {
          clearTimeout(this.timer);
          this.timer = setTimeout(() => this.take(), settleMs);
        }}
        @change=${() => this.take()}
    /></label>`;
  }

  protected override updated(): void {
    // Not under the hands of who is writing.
    const writing = this.timer !== undefined;
    if (!writing && this.input.value !== this.text) this.input.value = this.text;
  }

  private take(): void {
    clearTimeout(this.timer);
    this.timer = undefined;
    const { value } = this.input;
    if (value !== this.text) this.dispatchEvent(new CustomEvent('text', { detail: value }));
  }
}
