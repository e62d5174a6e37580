import { css, html, LitElement } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import { icon } from './icons';
import { shared } from './styles';

/**
 * A number with a button on either side. Fires `step` (1 or -1) from the buttons and the up and
 * down keys, `value` when a number was typed.
 */
@customElement('fp-stepper')
export class Stepper extends LitElement {
  @property() label = '';
  @property({ type: Number }) value = 0;
  /** Values run from 0 to one less. */
  @property({ type: Number }) count = 1;

  static override styles = [
    shared,
    css`
      .stepper {
        display: inline-flex;
        align-items: center;
        gap: 1px;
      }
      label {
        margin-right: 2px;
        color: var(--fp-muted);
      }
      input[type='number'] {
        width: 30px;
        padding: 0 2px;
        text-align: center;
      }
      .tool {
        min-width: 18px;
        padding: 0;
      }
    `,
  ];

  override render() {
    const { label, value, count } = this;
    return html`<div class="stepper" role="group" aria-label=${label}>
      <label for="value">${label}</label>
      <button
        class="tool"
        aria-label="Previous ${label.toLowerCase()}"
        title="Previous ${label.toLowerCase()}"
        tabindex="-1"
        @click=${() => this.step(-1)}
      >
        ${icon('chevronLeft')}
      </button>
      <input
        id="value"
        type="number"
        min="0"
        max=${count - 1}
        .value=${String(value)}
        title="0 to ${count - 1}"
        @keydown=${this.keyDown}
        @change=${this.typed}
        @focus=${(event: Event) => (event.target as HTMLInputElement).select()}
      />
      <button
        class="tool"
        aria-label="Next ${label.toLowerCase()}"
        title="Next ${label.toLowerCase()}"
        tabindex="-1"
        @click=${() => this.step(1)}
      >
        ${icon('chevronRight')}
      </button>
    </div>`;
  }

  private readonly keyDown = (event: KeyboardEvent) => {
    const step = { ArrowUp: 1, ArrowDown: -1 }[event.key];
    if (step === undefined) return;
    event.preventDefault();
    this.step(step);
  };

  private readonly typed = (event: Event) => {
    const input = event.target as HTMLInputElement;
    const value = Math.round(input.valueAsNumber);
    if (value >= 0 && value < this.count) {
      this.dispatchEvent(new CustomEvent('value', { detail: value }));
    } else {
      input.value = String(this.value);
    }
  };

  private step(by: number): void {
    this.dispatchEvent(new CustomEvent('step', { detail: by }));
  }
}
