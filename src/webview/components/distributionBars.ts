import { css, html, LitElement, nothing } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import type { Candidate, Candidates } from '../distribution';
import { count, percent, signed } from '../format';
import type { BarValue } from '../state/choices/nextToken';
import { displayToken } from '../../tokenizer/tokenDisplay';
import { cssProperties } from './cssProperties';
import { icon } from './icons';
import { rovingStep } from './rovingFocus';
import { shared } from './styles';

/**
 * Candidates as bars on one scale, whose full length is written above them. Where the text can be
 * continued with them, by a button or by the whole row, fires `continue` with a token's id.
 */
@customElement('fp-distribution-bars')
export class DistributionBars extends LitElement {
  @property({ attribute: false }) candidates: Candidates = { rows: [], actual: null, kept: null };
  @property() value: BarValue = 'probability';
  /** The sampling is not the model's own: a tick shows where the model's own bar would end. */
  @property({ type: Boolean }) compared = false;
  @property() continuable: 'no' | 'button' | 'row' = 'no';
  /** The row whose button the Tab key reaches. */
  @state() private reached = 0;

  static override styles = [
    shared,
    css`
      ol {
        list-style: none;
        display: grid;
        grid-template-columns:
          minmax(28px, max-content) minmax(48px, max-content) minmax(60px, 1fr)
          max-content;
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
      .continuable {
        grid-template-columns:
          minmax(28px, max-content) minmax(48px, max-content) minmax(40px, 1fr)
          max-content 20px;
      }
      .whole li:not(.head) {
        cursor: pointer;
      }
      .go {
        min-width: 20px;
        height: 20px;
        padding: 0;
        opacity: 0;
      }
      li:hover .go,
      .whole .go,
      .go:focus-visible {
        opacity: 1;
      }
      li:hover {
        background: var(--vscode-list-hoverBackground);
        outline: 1px dashed var(--vscode-contrastActiveBorder, transparent);
        outline-offset: -1px;
      }
      .head {
        color: var(--fp-muted);
        font-size: var(--fp-small);
        height: 18px;
      }
      .head:hover {
        background: none;
        outline: none;
      }
      .rank {
        text-align: right;
        color: var(--fp-muted);
        font-size: var(--fp-small);
      }
      .text {
        max-width: 24ch;
        overflow: hidden;
        text-overflow: ellipsis;
        font-size: var(--fp-mono-size);
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
        inset: 0 auto 0 0;
        width: var(--share);
        border-radius: 2px;
        background: var(--fp-accent);
        transition: width 90ms ease-out;
      }
      .own {
        position: absolute;
        top: -2px;
        bottom: -2px;
        left: calc(var(--own) - 1px);
        width: 2px;
        background: var(--vscode-foreground);
      }
      .amount {
        text-align: right;
        min-width: 56px;
      }
      .cut .text,
      .cut .amount {
        opacity: 0.75;
      }
      .cut .text {
        text-decoration: line-through;
      }
      .actual .text {
        font-weight: 700;
      }
      .actual .rank::before {
        content: '▸ ';
        color: var(--fp-actual);
      }
      .actual .fill {
        background: var(--fp-actual);
      }
      .apart {
        margin-top: 5px;
        position: relative;
      }
      .apart::before {
        content: '';
        position: absolute;
        inset: -3px 0 auto 0;
        border-top: 1px dashed var(--fp-border);
      }
      .axis {
        display: flex;
        justify-content: space-between;
      }
      @media (prefers-reduced-motion: reduce) {
        .fill {
          transition: none;
        }
      }
    `,
  ];

  override render() {
    const { rows, actual } = this.candidates;
    const full = fullScale(
      rows.map(({ probability, own }) => Math.max(probability, this.compared ? own : 0)),
    );
    const { continuable } = this;
    const kind = `${continuable === 'no' ? '' : 'continuable'} ${continuable === 'row' ? 'whole' : ''}`;
    return html`<ol class=${kind} @click=${this.clicked} @keydown=${this.keyDown}>
      <li class="head" aria-hidden="true">
        <span class="rank">#</span><span>token</span
        ><span class="axis"><span>0</span><span>${full * 100}%</span></span
        ><span class="amount">${columnName[this.value]}</span>
      </li>
      ${rows.map((row, i) => this.row(row, i, full, false))}
      ${actual ? this.row(actual, rows.length, full, true) : nothing}
    </ol>`;
  }

  private row(row: Candidate, index: number, full: number, apart: boolean) {
    const cut = this.compared && row.probability === 0;
    const kind = `${row.actual ? 'actual' : ''} ${cut ? 'cut' : ''} ${apart ? 'apart' : ''}`;
    const last = this.candidates.rows.length - (this.candidates.actual ? 0 : 1);
    return html`<li class=${kind} title=${describe(row, cut)} data-id=${row.id}>
      <span class="rank number">${count(row.rank)}</span>
      <bdi class="token text">${displayToken(row.text)}</bdi>
      <span class="bar" aria-hidden="true">
        <span class="fill" ${cssProperties({ '--share': share(row.probability, full) })}></span>
        ${
          this.compared
            ? html`<span class="own" ${cssProperties({ '--own': share(row.own, full) })}></span>`
            : nothing
        }
      </span>
      <span class="amount number">${amount(row, this.value, cut)}</span>
      ${row.actual ? html`<span class="visually-hidden">the text goes on with this</span>` : nothing}
      ${
        this.continuable === 'no'
          ? nothing
          : html`<button
              class="tool go"
              aria-label="Continue with ${spoken(row.text)}"
              title="Continue the text with this token"
              tabindex=${index === Math.min(this.reached, last) ? 0 : -1}
              @focus=${() => (this.reached = index)}
            >
              ${icon('add')}
            </button>`
      }
    </li>`;
  }

  private readonly clicked = (event: Event) => {
    if (this.continuable === 'no') return;
    const target = event.target as Element;
    const row = target.closest<HTMLElement>('li[data-id]');
    if (!row || (this.continuable === 'button' && !target.closest('.go'))) return;
    this.dispatchEvent(new CustomEvent('continue', { detail: Number(row.dataset.id) }));
  };

  private readonly keyDown = (event: KeyboardEvent) => {
    const buttons = [...this.renderRoot.querySelectorAll<HTMLElement>('.go')];
    const at = buttons.indexOf(event.target as HTMLElement);
    const to = at === -1 ? null : rovingStep(event.key, at, buttons.length);
    if (to === null) return;
    event.preventDefault();
    buttons[to]!.focus();
  };
}

function spoken(text: string): string {
  return text.trim() === '' ? displayToken(text) : text.trim();
}

const columnName: Record<BarValue, string> = {
  probability: 'probability',
  logprob: 'logprob',
  logit: 'logit',
};

/** A round share at the end of the scale, so that small distributions can be seen too. */
export function fullScale(probabilities: readonly number[]): number {
  const most = Math.max(...probabilities, 0);
  for (const full of [0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.3, 0.5, 0.75]) {
    if (most <= full) return full;
  }
  return 1;
}

function share(probability: number, full: number): string {
  return `${Math.min(100, (probability / full) * 100).toFixed(2)}%`;
}

function amount(row: Candidate, value: BarValue, cut: boolean): string {
  switch (value) {
    case 'probability':
      return cut ? 'cut off' : percent(row.probability);
    case 'logprob':
      return signed(row.logprob, 3);
    case 'logit':
      return row.logit === null ? '…' : signed(row.logit, 3);
  }
}

function describe(row: Candidate, cut: boolean): string {
  return [
    `id ${row.id}, rank ${count(row.rank)}`,
    row.actual ? 'The text goes on with this token.' : '',
    `The model's own probability: ${percent(row.own)} (logprob ${signed(row.logprob, 4)}` +
      `${row.logit === null ? '' : `, logit ${signed(row.logit, 4)}`})`,
    cut ? 'Cut off by the sampling.' : '',
  ]
    .filter((line) => line !== '')
    .join('\n');
}
