import { html, nothing } from 'lit';
import { customElement, property, query } from 'lit/decorators.js';
import type { TokenMap } from '../../protocol/embeddings';
import { displayToken } from '../../tokenizer/tokenDisplay';
import type { Theme } from '../drawing/theme';
import { askMap, subjectOf } from '../embeddingQuestions';
import { percent } from '../format';
import { tokenName } from '../tokenName';
import { embeddingViewStyles } from './embeddingViewStyles';
import { failedAnswer, failureStyles } from './failure';
import './scatterPlot';
import type { ScatterPlot } from './scatterPlot';
import { StoreElement } from './storeElement';
import { shared } from './styles';
import './textField';
import { choose, matrixPicker } from './vectorPickers';

/** Chosen words in two dimensions. */
@customElement('fp-map-view')
export class MapView extends StoreElement {
  @property({ attribute: false }) theme!: Theme;
  @query('fp-scatter-plot') private plot!: ScatterPlot | null;

  /** Stays on show until the next answer is there. */
  private last: TokenMap | null = null;

  static override styles = [shared, failureStyles, embeddingViewStyles];

  /** The drawing as a file's text; null while there is none. */
  get picture(): string | null {
    return this.plot?.picture ?? null;
  }

  override render() {
    const { store } = this;
    const subject = subjectOf(store);
    if (!subject) return nothing;
    const { token } = subject;
    const { words } = store.choices.embeddings;
    const answer = askMap(store, subject);
    if (answer.status === 'ready') this.last = answer.value;
    const { last } = this;
    return html`<div class="inputs">
        <fp-text-field
          name="Words of the map"
          .text=${words}
          ?wrong=${answer.status === 'failed'}
          placeholder="king queen man woman"
          help="Words, texts in quotes and token ids, with spaces between them"
          @text=${({ detail }: CustomEvent<string>) => choose(store, { words: detail })}
        ></fp-text-field>
      </div>
      <div class="pick">
        ${matrixPicker(store, subject)}
        ${
          last?.points.some(({ id }) => id === token.id)
            ? nothing
            : html`<button
                class="link small"
                title="Put the current token on the map"
                @click=${() => choose(store, { words: `${words.trimEnd()} ${tokenName(token)}` })}
              >
                Add <bdi class="token">${displayToken(token.text)}</bdi>
              </button>`
        }
      </div>
      ${failedAnswer(store, 'tokenMap', answer)}
      ${
        last
          ? html`<fp-scatter-plot
                class=${answer.status === 'ready' ? '' : 'waiting'}
                .map=${last}
                .marked=${[token.id]}
                .theme=${this.theme}
              ></fp-scatter-plot>
              <p class="note small muted">
                The two directions in which these ${last.points.length} vectors vary most (principal
                components): together ${percent(last.explained[0] + last.explained[1])} of their
                variance.
              </p>`
          : nothing
      }`;
  }
}
