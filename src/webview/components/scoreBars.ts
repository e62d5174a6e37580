import { css, html, LitElement, nothing } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import { displayToken } from '../../tokenizer/tokenDisplay';
import { cellColor } from '../drawing/cellScale';
import { cssColor } from '../drawing/color';
import type { Theme } from '../drawing/theme';
import { cssProperties } from './cssProperties';
import { shared } from './styles';

/** A token and its score. */
export interface Score {
  id: number;
  text: string;
  value: number;
  /** The value as it is written. */
  amount: string;
  title: string;
  /** One of those that the others are compared with. */
  marked?: boolean;
}

/**
 * Tokens with a bar each, on one scale that has 0 in it. With `choice` each token is a button that
 * fires `choose` with its score.
 */
@customElement('fp-score-bars')
export class ScoreBars extends LitElement {
  @property({ attribute: false }) scores: readonly Score[] = [];
  /** Full length of a bar; 0 is that of the largest value. */
  @property({ type: Number }) full = 0;
  /** Bars are coloured by their sign. */
  @property({ type: Boolean }) signed = false;
  @property({ attribute: false }) theme!: Theme;
  @property() label = '';
  /** What a click on a token does, for its tooltip; without it tokens are no buttons. */
  @property() choice = '';

  static override styles = [
    shared,
    css`
      ol {
        list-style: none;
        display: grid;
        grid-template-columns: minmax(40px, max-content) minmax(50px, 1fr) max-content;
        column-gap: 8px;
      }
      li {
        display: grid;
        grid-column: 1 / -1;
        grid-template-columns: subgrid;
        align-items: center;
        height: 22px;
        border-radius: 3px;
      }
      li:hover {
        background: var(--vscode-list-hoverBackground);
        outline: 1px dashed var(--vscode-contrastActiveBorder, transparent);
        outline-offset: -1px;
      }
      .text {
        max-width: 20ch;
        overflow: hidden;
        text-overflow: ellipsis;
        font-size: var(--fp-mono-size);
        text-align: left;
      }
      button.text {
        justify-self: start;
        padding: 0 1px;
        border: 0;
        border-radius: 2px;
        background: none;
        cursor: pointer;
      }
      button.text:hover {
        color: var(--vscode-textLink-activeForeground);
        text-decoration: underline;
      }
      .bar {
        position: relative;
        height: 12px;
        border-radius: 2px;
        background: var(--fp-track);
        border: 1px solid var(--vscode-contrastBorder, transparent);
      }
      .fill {
        position: absolute;
        inset: 0 auto 0 var(--from);
        width: var(--size);
        min-width: 1px;
        border-radius: 2px;
        background: var(--color, var(--fp-accent));
      }
      .zero {
        position: absolute;
        inset: -2px auto -2px var(--zero);
        width: 1px;
        background: var(--fp-muted);
      }
      .amount {
        text-align: right;
        min-width: 48px;
      }
      .marked .text,
      .marked .amount {
        font-weight: 700;
      }
      .marked .bar {
        height: 14px;
        outline: 1px solid var(--fp-muted);
      }
    `,
  ];

  override render() {
    const values = this.scores.map(({ value }) => value);
    const low = Math.min(0, ...values);
    const high = Math.max(low === 0 ? this.full : 0, 0, ...values);
    const width = high - low || 1;
    const at = (value: number) => ((value - low) / width) * 100;
    return html`<ol aria-label=${this.label}>
      ${this.scores.map((score) => {
        const { value } = score;
        const bar = {
          '--from': `${at(Math.min(0, value)).toFixed(2)}%`,
          '--size': `${((Math.abs(value) / width) * 100).toFixed(2)}%`,
          '--color': this.signed
            ? cssColor(cellColor(this.theme, 'diverging', Math.sign(value) * 0.8))
            : null,
        };
        return html`<li class=${score.marked ? 'marked' : ''} title=${score.title}>
          ${this.token(score)}
          <span class="bar" aria-hidden="true">
            <span class="fill" ${cssProperties(bar)}></span>
            ${
              low < 0
                ? html`<span class="zero" ${cssProperties({ '--zero': `${at(0)}%` })}></span>`
                : nothing
            }
          </span>
          <span class="amount number">${score.amount}</span>
        </li>`;
      })}
    </ol>`;
  }

  private token(score: Score) {
    const text = displayToken(score.text);
    if (this.choice === '') return html`<bdi class="token text">${text}</bdi>`;
    const choose = () => this.dispatchEvent(new CustomEvent('choose', { detail: score }));
    return html`<button class="text" title=${this.choice} @click=${choose}>
      <bdi class="token">${text}</bdi>
    </button>`;
  }
}
