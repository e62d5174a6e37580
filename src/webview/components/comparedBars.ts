import { css, html, LitElement } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import type { ComparedToken } from '../../protocol/interventions';
import { displayToken } from '../../tokenizer/tokenDisplay';
import { count, percent } from '../format';
import { cssProperties } from './cssProperties';
import { fullScale } from './distributionBars';
import { shared } from './styles';

/** Tokens with two bars each, on one scale: the model's own probability, and the changed one. */
@customElement('fp-compared-bars')
export class ComparedBars extends LitElement {
  @property({ attribute: false }) tokens: readonly ComparedToken[] = [];

  static override styles = [
    shared,
    css`
      .key {
        display: flex;
        flex-wrap: wrap;
        gap: 2px 14px;
        margin-bottom: 2px;
      }
      .key span {
        display: flex;
        align-items: center;
        gap: 5px;
      }
      .key i {
        width: 16px;
        height: 6px;
        border-radius: 1px;
      }
      .own {
        background: var(--fp-muted);
      }
      .changed {
        background: var(--fp-changed);
        outline: 1px solid var(--vscode-contrastBorder, transparent);
        outline-offset: -1px;
      }
      ol {
        list-style: none;
        display: grid;
        grid-template-columns: minmax(48px, max-content) minmax(60px, 1fr) max-content max-content;
        column-gap: 8px;
      }
      li {
        display: grid;
        grid-column: 1 / -1;
        grid-template-columns: subgrid;
        align-items: center;
        height: 24px;
        border-radius: 3px;
      }
      li:hover:not(.head) {
        background: var(--vscode-list-hoverBackground);
        outline: 1px dashed var(--vscode-contrastActiveBorder, transparent);
        outline-offset: -1px;
      }
      .head {
        height: 18px;
        color: var(--fp-muted);
        font-size: var(--fp-small);
      }
      .axis {
        display: flex;
        justify-content: space-between;
      }
      .text {
        max-width: 22ch;
        overflow: hidden;
        text-overflow: ellipsis;
        font-size: var(--fp-mono-size);
      }
      .bars {
        display: grid;
        gap: 1px;
        background: var(--fp-track);
        border-radius: 2px;
      }
      .bars i {
        height: 7px;
        width: var(--share);
        border-radius: 1px;
        transition: width 90ms ease-out;
      }
      .amount {
        min-width: 46px;
        text-align: right;
      }
      .amount.was {
        color: var(--fp-muted);
      }
      @media (prefers-reduced-motion: reduce) {
        .bars i {
          transition: none;
        }
      }
    `,
  ];

  override render() {
    const { tokens } = this;
    const full = fullScale(
      tokens.flatMap(({ logprobBefore, logprobAfter }) => [
        Math.exp(logprobBefore),
        Math.exp(logprobAfter),
      ]),
    );
    return html`<div class="key small muted">
        <span><i class="own"></i>the model's own</span>
        <span><i class="changed"></i>changed</span>
      </div>
      <ol>
        <li class="head" aria-hidden="true">
          <span>token</span><span class="axis"><span>0</span><span>${full * 100}%</span></span
          ><span class="amount">own</span><span class="amount">changed</span>
        </li>
        ${tokens.map((token) => this.row(token, full))}
      </ol>`;
  }

  private row(token: ComparedToken, full: number) {
    const [was, is] = [Math.exp(token.logprobBefore), Math.exp(token.logprobAfter)];
    const share = (probability: number) =>
      cssProperties({ '--share': `${Math.min(100, (probability / full) * 100).toFixed(2)}%` });
    const title =
      `id ${token.id}\nThe model's own: ${percent(was)}, rank ${count(token.rankBefore)}\n` +
      `Changed: ${percent(is)}, rank ${count(token.rankAfter)}`;
    return html`<li title=${title}>
      <bdi class="token text">${displayToken(token.text)}</bdi>
      <span class="bars" aria-hidden="true"
        ><i class="own" ${share(was)}></i><i class="changed" ${share(is)}></i
      ></span>
      <span class="amount was number"
        ><span class="visually-hidden">own </span>${percent(was)}</span
      >
      <span class="amount number"
        ><span class="visually-hidden">, changed </span>${percent(is)}</span
      >
    </li>`;
  }
}
