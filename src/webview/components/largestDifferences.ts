import { css, html, LitElement, nothing } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import { displayToken } from '../../tokenizer/tokenDisplay';
import {
  type ComparedSide,
  type ComparedTexts,
  isExpectedInBoth,
  largestDifferences,
  type TokenPair,
} from '../comparedTexts';
import { signed } from '../format';
import { shared } from './styles';

/** How many of the largest differences are listed. */
const listed = 8;

/**
 * The tokens of both texts that were expected most differently. Fires `look` with the `TokenPair` that
 * is pointed at, or null, and `choose` with one.
 */
@customElement('fp-largest-differences')
export class LargestDifferences extends LitElement {
  @property({ attribute: false }) compared!: ComparedTexts<ComparedSide>;
  /** What the two texts are called. */
  @property({ attribute: false }) words = { a: 'A', b: 'B' };
  /** Tokens have their index in the first text behind them. */
  @property({ type: Boolean }) numbered = false;

  static override styles = [
    shared,
    css`
      ol {
        list-style: none;
        display: grid;
        grid-template-columns: minmax(60px, max-content) repeat(2, max-content) 1fr;
        column-gap: 14px;
        margin-top: 4px;
      }
      li,
      li button {
        display: grid;
        grid-column: 1 / -1;
        grid-template-columns: subgrid;
        align-items: center;
        width: 100%;
      }
      li button {
        padding: 2px 4px;
        border: 0;
        border-radius: 3px;
        background: none;
        text-align: left;
        cursor: pointer;
      }
      li button:hover {
        background: var(--vscode-list-hoverBackground);
        outline: 1px dashed var(--vscode-contrastActiveBorder, transparent);
        outline-offset: -1px;
      }
      .head {
        padding: 0 4px;
        color: var(--fp-muted);
        font-size: var(--fp-small);
      }
      .number {
        text-align: right;
      }
      .name {
        overflow: hidden;
        text-overflow: ellipsis;
        white-space: nowrap;
        max-width: 26ch;
      }
      .choices {
        overflow: hidden;
        text-overflow: ellipsis;
        white-space: nowrap;
        color: var(--fp-muted);
        font-size: var(--fp-small);
      }
    `,
  ];

  override render() {
    const { a, b } = this.compared;
    const rows = largestDifferences(this.compared, listed);
    if (rows.length === 0) {
      if (!isExpectedInBoth(this.compared)) return nothing;
      return html`<p class="muted small">No token that both have was expected differently.</p>`;
    }
    return html`<ol aria-label="Largest differences">
      <li class="head" aria-hidden="true">
        <span>largest differences</span><span class="number">${this.words.a} → ${this.words.b}</span
        ><span class="number">bits</span><span>expected</span>
      </li>
      ${rows.map((pair) => {
        const [choiceA, choiceB] = [a.tokens[pair.a - 1]?.top[0], b.tokens[pair.b - 1]?.top[0]];
        return html`<li>
          <button
            title="Show this token"
            @click=${() => this.tell('choose', pair)}
            @pointerenter=${() => this.tell('look', pair)}
            @pointerleave=${() => this.tell('look', null)}
          >
            <span class="name"
              ><bdi class="token">${displayToken(a.tokens[pair.a]!.text)}</bdi>
              ${this.numbered ? html`<span class="muted number small">(${pair.a})</span>` : nothing}</span
            >
            <span class="number">${signed(pair.bitsA!)} → ${signed(pair.bitsB!)}</span>
            <span class="number"
              >${pair.difference! > 0 ? '+' : ''}${signed(pair.difference!)}</span
            >
            <span class="choices"
              ><bdi class="token">${displayToken(choiceA?.text ?? '')}</bdi>${
                pair.otherChoice
                  ? html` → <bdi class="token">${displayToken(choiceB?.text ?? '')}</bdi>`
                  : nothing
              }</span
            >
          </button>
        </li>`;
      })}
    </ol>`;
  }

  private tell(event: 'choose' | 'look', pair: TokenPair | null): void {
    const detail = pair && { a: pair.a, b: pair.b };
    this.dispatchEvent(new CustomEvent(event, { detail }));
  }
}
