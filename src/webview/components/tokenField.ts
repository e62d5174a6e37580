import { css, html, nothing } from 'lit';
import { customElement, property, query, state } from 'lit/decorators.js';
import { displayToken } from '../../tokenizer/tokenDisplay';
import { percent } from '../format';
import type { TokenChoice } from '../state/choices/tokenChoice';
import type { Loadable } from '../state/loader';
import { icon } from './icons';
import { StoreElement } from './storeElement';
import { shared } from './styles';

/** A token to choose from. */
export interface TokenSuggestion {
  id: number;
  text: string;
  probability: number;
}

/**
 * A field for one token: written as `inspection/namedToken` takes it, or taken from the menu of what
 * is likely. Below it stands the token that is meant, or why there is none. Fires `choose` with a
 * `TokenChoice`, or null where the field was emptied.
 */
@customElement('fp-token-field')
export class TokenField extends StoreElement {
  @property() label = '';
  @property({ attribute: false }) value: TokenChoice | null = null;
  /** What stands for the empty field. */
  @property() placeholder = '';
  @property({ attribute: false }) suggestions: readonly TokenSuggestion[] = [];
  /** As `chosenToken` gives it: the section asks too, and knows what came of it. */
  @property({ attribute: false }) token: Loadable<{ id: number; text: string }> | null = null;
  @state() private open = false;
  @state() private active = -1;
  @query('input') private input!: HTMLInputElement;

  static override styles = [
    shared,
    css`
      :host {
        flex: 1 1 150px;
      }
      label {
        display: block;
        margin-bottom: 2px;
        color: var(--fp-muted);
        font-size: var(--fp-small);
      }
      .field {
        position: relative;
        display: flex;
        height: 24px;
        border: 1px solid var(--vscode-input-border, var(--vscode-contrastBorder, transparent));
        border-radius: 3px;
        background: var(--vscode-input-background);
        color: var(--vscode-input-foreground);
      }
      .field:focus-within {
        border-color: var(--vscode-focusBorder);
      }
      .refused .field {
        border-color: var(--vscode-inputValidation-errorBorder, var(--vscode-errorForeground));
      }
      input {
        flex: 1;
        min-width: 0;
        padding: 0 6px;
        border: 0;
        background: none;
        color: inherit;
        font-family: var(--fp-mono);
        font-size: 12px;
      }
      input:focus-visible {
        outline: none !important;
      }
      .tool {
        align-self: center;
        min-width: 20px;
        height: 20px;
      }
      .menu {
        position: absolute;
        z-index: 10;
        top: calc(100% + 2px);
        left: -1px;
        right: -1px;
        max-height: 264px;
        overflow-y: auto;
        padding: 2px;
        border: 1px solid var(--vscode-menu-border, var(--fp-border));
        border-radius: 4px;
        background: var(--vscode-menu-background, var(--vscode-input-background));
        color: var(--vscode-menu-foreground, var(--vscode-foreground));
        box-shadow: 0 2px 8px var(--vscode-widget-shadow, transparent);
        list-style: none;
      }
      .menu li {
        display: flex;
        justify-content: space-between;
        gap: 8px;
        height: 22px;
        align-items: center;
        padding: 0 6px;
        border-radius: 3px;
        cursor: pointer;
        font-size: 12px;
      }
      .menu li.active {
        background: var(--vscode-list-activeSelectionBackground);
        color: var(--vscode-list-activeSelectionForeground);
        outline: 1px solid var(--vscode-contrastActiveBorder, transparent);
        outline-offset: -1px;
      }
      .menu bdi {
        overflow: hidden;
        text-overflow: ellipsis;
      }
      .meant {
        margin-top: 2px;
        overflow-wrap: anywhere;
      }
      .refused .meant {
        color: var(--vscode-errorForeground);
      }
    `,
  ];

  override render() {
    const { label, value, open, token } = this;
    const refused = token?.status === 'failed';
    return html`<div class=${refused ? 'refused' : ''}>
      <label for="input">${label}</label>
      <div class="field">
        <input
          id="input"
          type="text"
          role="combobox"
          autocomplete="off"
          spellcheck="false"
          aria-expanded=${open ? 'true' : 'false'}
          aria-controls="menu"
          aria-autocomplete="none"
          aria-activedescendant=${open && this.active >= 0 ? `option${this.active}` : ''}
          aria-describedby="meant"
          aria-invalid=${refused ? 'true' : 'false'}
          title='A word, "quoted text" taken as it is, or a token id'
          .value=${value === null ? '' : shownText(value)}
          placeholder=${this.placeholder}
          @change=${this.written}
          @keydown=${this.keyDown}
          @blur=${() => (this.open = false)}
        />
        ${
          value === null
            ? nothing
            : html`<button
                class="tool"
                title="Clear"
                aria-label="Clear ${label.toLowerCase()}"
                @click=${() => this.choose(null)}
              >
                ${icon('close')}
              </button>`
        }
        <button
          class="tool"
          tabindex="-1"
          title="Likely tokens"
          aria-label="Likely tokens for ${label.toLowerCase()}"
          aria-expanded=${open ? 'true' : 'false'}
          @pointerdown=${(event: Event) => event.preventDefault()}
          @click=${this.toggle}
        >
          ${icon('chevronDown')}
        </button>
        ${open ? this.menu() : nothing}
      </div>
      <p id="meant" class="meant small muted" role=${refused ? 'alert' : 'status'}>
        ${this.meant()}
      </p>
    </div>`;
  }

  private meant() {
    const { token } = this;
    switch (token?.status) {
      case undefined:
        return nothing;
      case 'loading':
        return '…';
      case 'failed':
        return token.message;
      case 'ready':
        return html`<bdi class="token">${displayToken(token.value.text)}</bdi> · id
          ${token.value.id}`;
    }
  }

  private menu() {
    return html`<ul id="menu" class="menu" role="listbox" aria-label="Likely tokens">
      ${this.suggestions.map(
        ({ text, probability }, i) =>
          html`<li
            id="option${i}"
            role="option"
            class=${i === this.active ? 'active' : ''}
            aria-selected=${i === this.active ? 'true' : 'false'}
            @pointerdown=${(event: Event) => event.preventDefault()}
            @pointerenter=${() => (this.active = i)}
            @click=${() => this.take(i)}
          >
            <bdi class="token">${displayToken(text)}</bdi>
            <span class="number">${percent(probability)}</span>
          </li>`,
      )}
    </ul>`;
  }

  private readonly toggle = () => {
    this.input.focus();
    this.open = !this.open;
    this.active = -1;
  };

  private readonly keyDown = (event: KeyboardEvent) => {
    const { length } = this.suggestions;
    switch (event.key) {
      case 'ArrowDown':
      case 'ArrowUp': {
        if (length === 0) return;
        const step = event.key === 'ArrowDown' ? 1 : -1;
        this.active = this.open
          ? (this.active + step + length + (this.active < 0 && step < 0 ? 1 : 0)) % length
          : step > 0
            ? 0
            : length - 1;
        this.open = true;
        break;
      }
      case 'Enter':
        if (this.open && this.active >= 0) this.take(this.active);
        else this.written();
        break;
      case 'Escape':
        if (!this.open) return;
        this.open = false;
        break;
      default:
        return;
    }
    event.preventDefault();
  };

  private readonly written = () => {
    const text = this.input.value;
    if (text === (this.value === null ? '' : shownText(this.value))) return;
    this.choose(text === '' ? null : { text, id: null });
  };

  private take(index: number): void {
    const { id, text } = this.suggestions[index]!;
    this.input.value = displayToken(text);
    this.choose({ text, id, folder: this.store.result?.run.model.folder ?? null });
  }

  private choose(choice: TokenChoice | null): void {
    this.open = false;
    this.dispatchEvent(new CustomEvent('choose', { detail: choice }));
  }
}

/** What somebody wrote, as it is; what was taken from a list, with its spaces visible. */
function shownText({ text, id }: TokenChoice): string {
  return id === null ? text : displayToken(text);
}
