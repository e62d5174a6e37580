import { html, nothing } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import type { NearestTokens } from '../../protocol/embeddings';
import { displayToken } from '../../tokenizer/tokenDisplay';
import type { Theme } from '../drawing/theme';
import { askNearest, expressionOf, subjectOf } from '../embeddingQuestions';
import { figure, signed } from '../format';
import { candidateName } from '../tokenName';
import { embeddingViewStyles, expressionHelp } from './embeddingViewStyles';
import { failedAnswer, failureStyles } from './failure';
import './scoreBars';
import type { Score } from './scoreBars';
import type { Segment } from './segmented';
import { StoreElement } from './storeElement';
import { shared } from './styles';
import './textField';
import { choose, matrixPicker, measurePicker } from './vectorPickers';

const measures: readonly Segment[] = [
  { value: 'cosine', label: 'Cosine', title: 'By the angle alone' },
  {
    value: 'dot',
    label: 'Dot',
    title: 'By the dot product, in which long vectors have an advantage',
  },
];

/** The tokens nearest to an expression; a click on one goes on from there. */
@customElement('fp-nearest-view')
export class NearestView extends StoreElement {
  @property({ attribute: false }) theme!: Theme;

  /** Stays on show until the next answer is there. */
  private last: NearestTokens | null = null;

  static override styles = [shared, failureStyles, embeddingViewStyles];

  override render() {
    const { store } = this;
    const subject = subjectOf(store);
    if (!subject) return nothing;
    const { expression, finalNorm } = store.choices.embeddings;
    const answer = askNearest(store, subject);
    if (answer.status === 'ready') this.last = answer.value;
    const { last } = this;
    const failed = answer.status === 'failed';
    return html`<div class="inputs">
        <fp-text-field
          name="Expression"
          .text=${expressionOf(store, subject)}
          ?wrong=${failed}
          placeholder="king - man + woman"
          .help=${expressionHelp}
          @text=${({ detail }: CustomEvent<string>) => choose(store, { expression: detail })}
        ></fp-text-field>
        <div class="under small">
          <span class="read muted" role="status"
            >${last && !failed ? understood(last) : nothing}</span
          >
          ${
            expression === null
              ? html`<span class="muted">the current token</span>`
              : html`<button class="link" @click=${() => choose(store, { expression: null })}>
                  Current token
                </button>`
          }
        </div>
      </div>
      <div class="pick">
        ${matrixPicker(store, subject)}${measurePicker(store, measures)}
        <label
          class="check small"
          title="The sum is normalised first, as the last residual stream is before it is unembedded; its dot products with the unembedding are then logits"
        >
          <input
            type="checkbox"
            .checked=${finalNorm}
            @change=${(event: Event) =>
              choose(store, { finalNorm: (event.target as HTMLInputElement).checked })}
          />
          After the final norm
        </label>
      </div>
      ${failedAnswer(store, 'nearestTokens', answer)}
      ${last ? this.tokens(last, answer.status === 'ready') : nothing}`;
  }

  private tokens({ tokens, measure, terms }: NearestTokens, isCurrent: boolean) {
    const scores = tokens.map(({ id, text, score }) => ({
      id,
      text,
      value: score,
      amount: measure === 'cosine' ? signed(score, 3) : signedFigure(score),
      title: `id ${id}, ${measure} ${signed(score, 5)}`,
    }));
    return html`<fp-score-bars
        class=${isCurrent ? '' : 'waiting'}
        label="Nearest tokens by ${measure}"
        choice="Show what is nearest to this token"
        .full=${measure === 'cosine' ? 1 : 0}
        .theme=${this.theme}
        .scores=${scores}
        @choose=${({ detail }: CustomEvent<Score>) =>
          choose(this.store, { expression: candidateName(detail) })}
      ></fp-score-bars>
      <p class="note small muted">
        Without the ${terms.length === 1 ? 'token itself' : 'tokens of the sum'}.
      </p>`;
  }
}

/** How an expression was understood. */
function understood({ terms }: NearestTokens) {
  return terms.map(({ coefficient, id, text }, i) => {
    const sign = coefficient < 0 ? '− ' : i === 0 ? '' : '+ ';
    const size = Math.abs(coefficient);
    return html`${sign}${size === 1 ? '' : `${size} `}<bdi class="token" title="id ${id}"
        >${displayToken(text)}</bdi
      > `;
  });
}

function signedFigure(value: number): string {
  return value < 0 ? `−${figure(-value)}` : figure(value);
}
