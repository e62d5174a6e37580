import { html, nothing } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import type { TokenDirection } from '../../protocol/embeddings';
import type { Theme } from '../drawing/theme';
import { askDirection, shownTokens, subjectOf } from '../embeddingQuestions';
import { directionPlaces, termsText } from '../embeddingsData';
import { figure, signed } from '../format';
import { embeddingViewStyles, expressionHelp } from './embeddingViewStyles';
import { failedAnswer, failureStyles } from './failure';
import './scoreBars';
import type { Segment } from './segmented';
import { StoreElement } from './storeElement';
import { shared } from './styles';
import './textField';
import { choose, matrixPicker, measurePicker } from './vectorPickers';

const measures: readonly Segment[] = [
  { value: 'cosine', label: 'Cosine', title: 'By the angle with the direction' },
  { value: 'dot', label: 'Projection', title: 'By how far along the direction each token lies' },
];

/** The tokens along the line from one expression to another, as one list from end to end. */
@customElement('fp-direction-view')
export class DirectionView extends StoreElement {
  @property({ attribute: false }) theme!: Theme;

  /** Stays on show until the next answer is there. */
  private last: TokenDirection | null = null;

  static override styles = [shared, failureStyles, embeddingViewStyles];

  override render() {
    const { store } = this;
    const subject = subjectOf(store);
    if (!subject) return nothing;
    const answer = askDirection(store, subject);
    if (answer.status === 'ready') this.last = answer.value;
    const end = (label: string, name: 'from' | 'to') =>
      html`<fp-text-field
        label=${label}
        .text=${store.choices.embeddings[name]}
        ?wrong=${answer.status === 'failed'}
        .help=${expressionHelp}
        @text=${({ detail }: CustomEvent<string>) => choose(store, { [name]: detail })}
      ></fp-text-field>`;
    return html`<div class="inputs two">${end('From', 'from')}${end('to', 'to')}</div>
      <div class="pick">${matrixPicker(store, subject)}${measurePicker(store, measures)}</div>
      ${failedAnswer(store, 'tokenDirection', answer)}
      ${this.last ? this.line(this.last, answer.status === 'ready') : nothing}`;
  }

  private line(direction: TokenDirection, isCurrent: boolean) {
    const { measure, from, to, length } = direction;
    const name = measure === 'dot' ? 'projection' : 'cosine';
    const scores = directionPlaces(direction).map(({ id, text, projection, cosine, isEnd }) => ({
      id,
      text,
      value: measure === 'dot' ? projection : cosine,
      amount: signed(measure === 'dot' ? projection : cosine, 3),
      title: `projection ${signed(projection, 4)}, cosine ${signed(cosine, 4)}`,
      marked: isEnd,
    }));
    return html`<fp-score-bars
        class=${isCurrent ? '' : 'waiting'}
        label="Tokens by ${name}, from ${termsText(to.terms)} back to ${termsText(from.terms)}"
        signed
        .theme=${this.theme}
        .scores=${scores}
      ></fp-score-bars>
      <p class="note small muted">
        The ${shownTokens} tokens furthest either way, by ${name}; the two in bold make the
        direction, ${figure(length)} apart.
      </p>`;
  }
}
