import { css, html, LitElement, nothing } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import type { InspectedToken } from '../../protocol/inspection';
import { displayToken } from '../../tokenizer/tokenDisplay';
import { weight } from '../format';
import type { Cell } from '../state/store';
import { shared } from './styles';

/** One cell of an attention pattern in words: who looks at whom, and how much. */
@customElement('fp-cell-readout')
export class CellReadout extends LitElement {
  @property({ attribute: false }) cell: Cell | null = null;
  @property({ attribute: false }) tokens: readonly InspectedToken[] = [];
  /** Null while it is awaited. */
  @property({ attribute: false }) pattern: Float32Array | null = null; // [queryPos, keyPos]
  /** How many positions a query sees, its own included. */
  @property({ attribute: false }) window = Infinity;

  static override styles = [
    shared,
    css`
      :host {
        container-type: inline-size;
        margin: 10px 0 6px;
      }
      p {
        display: flex;
        flex-wrap: wrap;
        column-gap: 0.45em;
        align-content: flex-start;
        min-height: 1.6em;
        line-height: 1.6;
      }
      p > span {
        display: flex;
        align-items: baseline;
        gap: 0.45em;
        min-width: 0;
        white-space: nowrap;
      }
      .token {
        overflow: hidden;
        text-overflow: ellipsis;
      }
      b {
        font-weight: 600;
      }
      @container (max-width: 330px) {
        p {
          min-height: 3.2em;
        }
      }
    `,
  ];

  override render() {
    return html`<p role="status">${this.cell ? this.words(this.cell) : nothing}</p>`;
  }

  private words({ query, key }: Cell) {
    const { pattern, tokens, window } = this;
    const value = pattern?.[query * tokens.length + key];
    const name = (index: number) =>
      html`<bdi class="token">${displayToken(tokens[index]?.text ?? '')}</bdi
        ><span class="muted number">(${index})</span>`;
    return html`<span><span class="muted">query</span>${name(query)}</span
      ><span
        ><span class="muted">→ key</span>${name(key)}<b class="number"
          >${
            query - key >= window ? 'outside the window' : value === undefined ? '…' : weight(value)
          }</b
        ></span
      >`;
  }
}
