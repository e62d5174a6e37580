import '@vscode-elements/elements/dist/vscode-button/index.js';
import { css, html } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import { samplingWords } from '../samplingWords';
import { StoreElement } from './storeElement';
import { shared } from './styles';

/** Ways to go on, and what they are set to. Fires `top`, `sample`, `search` and `stop`. */
@customElement('fp-continue-controls')
export class ContinueControls extends StoreElement {
  /** What is being computed; null while nothing is. */
  @property({ attribute: false }) message: string | null = null;
  /** The text ends here: nothing comes after it. */
  @property({ type: Boolean }) ended = false;

  static override styles = [
    shared,
    css`
      .row {
        display: flex;
        flex-wrap: wrap;
        align-items: center;
        gap: 6px 8px;
      }
      .settings {
        margin: 8px 0 10px;
        gap: 4px 14px;
      }
      label {
        display: inline-flex;
        align-items: center;
        gap: 5px;
        white-space: nowrap;
      }
      label input[type='number'] {
        width: 52px;
      }
      .working {
        flex: 1;
        min-width: 110px;
      }
    `,
  ];

  override render() {
    const { store, message } = this;
    const { sampling, continueCount, continueSeed, beamWidth } = store.choices;
    return html`<div class="row">
        ${
          message !== null
            ? html`<vscode-button secondary @click=${() => this.tell('stop')}>Stop</vscode-button>
                <span class="working muted small" role="status">${message}</span>`
            : html`<vscode-button
                  title="The likeliest token each time"
                  ?disabled=${this.ended}
                  @click=${() => this.tell('top')}
                  >Take top</vscode-button
                >
                <vscode-button
                  secondary
                  title="Draw each token from the distribution, as it is set under Next token"
                  ?disabled=${this.ended}
                  @click=${() => this.tell('sample')}
                  >Sample</vscode-button
                >
                <vscode-button
                  secondary
                  title="Follow the likeliest sequences at once, and keep all that are left at the end"
                  ?disabled=${this.ended}
                  @click=${() => this.tell('search')}
                  >Beam search</vscode-button
                >`
        }
      </div>
      <div class="row settings small muted">
        ${field(
          'Tokens',
          'Tokens to add; fewer where the text ends',
          continueCount,
          1,
          500,
          (value) => store.choose({ continueCount: value }),
        )}
        ${field(
          'Beams',
          'Sequences that a beam search follows at once',
          beamWidth,
          1,
          32,
          (value) => store.choose({ beamWidth: value }),
        )}
        ${field(
          'Seed',
          'The same seed draws the same text. It grows by one with each sample, so that the next is another.',
          continueSeed,
          0,
          2 ** 32 - 1,
          (value) => store.choose({ continueSeed: value }),
        )}
        <span title="Set under Next token">${samplingWords(sampling)}</span>
      </div>`;
  }

  private tell(event: 'top' | 'sample' | 'search' | 'stop'): void {
    this.dispatchEvent(new CustomEvent(event));
  }
}

/** A whole number that can be set, within limits. */
function field(
  name: string,
  title: string,
  value: number,
  least: number,
  most: number,
  set: (value: number) => void,
) {
  return html`<label title=${title}
    >${name}
    <input
      type="number"
      min=${least}
      max=${most}
      step="1"
      .value=${String(value)}
      @change=${(event: Event) => {
        const input = event.target as HTMLInputElement;
        const given = Math.round(input.valueAsNumber);
        if (!Number.isNaN(given)) set(Math.max(least, Math.min(most, given)));
        input.value = String(Number.isNaN(given) ? value : Math.max(least, Math.min(most, given)));
      }}
  /></label>`;
}
