import { css, html, nothing } from 'lit';
import { customElement, query } from 'lit/decorators.js';
import { displayToken } from '../../tokenizer/tokenDisplay';
import { textOf } from '../comparedTexts';
import { corruptText } from '../state/patchingRuns';
import { withToken } from '../withToken';
import { StoreElement } from './storeElement';
import { shared } from './styles';

/**
 * The text that is patched, and ways to come by one. Fires `write` with what was written; null is the
 * inspected text.
 */
@customElement('fp-corrupt-text')
export class CorruptText extends StoreElement {
  @query('textarea') private field!: HTMLTextAreaElement;
  @query('#word') private word!: HTMLInputElement;

  static override styles = [
    shared,
    css`
      .name {
        display: block;
        margin-bottom: 2px;
        color: var(--fp-muted);
        font-size: var(--fp-small);
      }
      textarea {
        display: block;
        width: 100%;
        min-height: 52px;
        max-height: 240px;
        padding: 4px 8px;
        resize: vertical;
        border: 1px solid var(--vscode-input-border, var(--vscode-contrastBorder, transparent));
        border-radius: 3px;
        background: var(--vscode-input-background);
        color: var(--vscode-input-foreground);
        font-family: var(--fp-mono);
        font-size: 12px;
        line-height: 1.5;
      }
      form {
        display: flex;
        flex-wrap: wrap;
        align-items: center;
        gap: 4px 8px;
        margin: 5px 0 9px;
        font-size: var(--fp-small);
      }
      form bdi {
        max-width: 16ch;
        overflow: hidden;
        text-overflow: ellipsis;
      }
      #word {
        width: 110px;
        height: 20px;
        padding: 0 6px;
        border: 1px solid var(--vscode-input-border, var(--vscode-contrastBorder, transparent));
        border-radius: 3px;
        background: var(--vscode-input-background);
        color: var(--vscode-input-foreground);
        font-family: var(--fp-mono);
        font-size: 12px;
      }
      .apart {
        margin-left: auto;
      }
      /* Keeps its room: what is below must not move under the pointer when writing ends. */
      .absent {
        visibility: hidden;
      }
    `,
  ];

  /** As it is in the field, also while it is being written. */
  get text(): string {
    return this.field.value;
  }

  override render() {
    const { result, position, comparedWith: compared } = this.store;
    if (!result || position === null) return nothing;
    const text = corruptText(this.store);
    const token = result.tokens[position];
    return html`<label class="name" for="corrupt"
        >Corrupted text: the inspected one with something else in it, of as many tokens</label
      >
      <textarea
        id="corrupt"
        spellcheck="false"
        .value=${text}
        @change=${() => this.tell(this.text)}
      ></textarea>
      <form @submit=${this.replace}>
        <label for="word">Put</label>
        <input id="word" type="text" spellcheck="false" autocomplete="off" placeholder="a word" />
        <span>for <bdi class="token">${displayToken(token?.text ?? '')}</bdi> (${position})</span>
        <button class="link" type="submit">Replace</button>
        <button
          class="link apart ${text === textOf(result.tokens) ? 'absent' : ''}"
          type="button"
          @click=${() => this.tell(null)}
        >
          Back to the inspected text
        </button>
        ${
          compared?.kind === 'text' && compared.text !== text
            ? html`<button
                class="link"
                type="button"
                title="The text that the inspected one was last compared with"
                @click=${() => this.tell(compared.text)}
              >
                Take the compared text
              </button>`
            : nothing
        }
      </form>`;
  }

  private readonly replace = (event: Event) => {
    event.preventDefault();
    const { result, position } = this.store;
    const word = this.word.value;
    if (word === '') this.word.focus();
    else if (result && position !== null) this.tell(withToken(result.tokens, position, word));
  };

  private tell(text: string | null): void {
    this.dispatchEvent(new CustomEvent('write', { detail: text }));
  }
}
