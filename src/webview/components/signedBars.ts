import { css, html, LitElement, nothing } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import { cellColor, type Domain } from '../drawing/cellScale';
import { cssColor } from '../drawing/color';
import type { Theme } from '../drawing/theme';
import { change } from '../format';
import { cssProperties } from './cssProperties';
import { shared } from './styles';

export interface SignedBar {
  name: string;
  value: number;
  /** For the tooltip. */
  title: string;
  /** It can be chosen. */
  choosable: boolean;
  chosen: boolean;
  /** A second line, for what the bar stands for. */
  detail?: string;
  /** At the end of that line. */
  aside?: string;
}

/** Bars to either side of zero, on one scale. Fires `choose` with the index of a bar. */
@customElement('fp-signed-bars')
export class SignedBars extends LitElement {
  @property({ attribute: false }) bars: readonly SignedBar[] = [];
  /** Where the scale ends: at or below zero, and at or above. */
  @property({ attribute: false }) domain: Domain = [-1, 1];
  @property({ attribute: false }) theme!: Theme;
  /** Decimals of the amounts. */
  @property({ type: Number }) digits = 3;

  static override styles = [
    shared,
    css`
      ol {
        list-style: none;
        display: grid;
        grid-template-columns: minmax(64px, max-content) minmax(60px, 1fr) max-content;
        column-gap: 8px;
      }
      li {
        display: grid;
        grid-column: 1 / -1;
        grid-template-columns: subgrid;
        align-items: center;
        height: 20px;
        border-radius: 3px;
      }
      li:hover {
        background: var(--vscode-list-hoverBackground);
        outline: 1px dashed var(--vscode-contrastActiveBorder, transparent);
        outline-offset: -1px;
      }
      .name {
        font-variant-numeric: tabular-nums;
        white-space: nowrap;
      }
      button.name {
        padding: 0;
        border: 0;
        border-radius: 2px;
        background: none;
        color: var(--vscode-textLink-foreground);
        text-align: left;
        cursor: pointer;
      }
      button.name:hover {
        text-decoration: underline;
      }
      .chosen .name {
        font-weight: 700;
      }
      .track {
        position: relative;
        height: 12px;
      }
      .zero {
        position: absolute;
        inset: -4px auto -4px var(--zero);
        border-left: 1px solid var(--fp-border, currentColor);
      }
      .fill {
        position: absolute;
        inset: 0 auto 0 var(--from);
        width: var(--share);
        min-width: 1px;
        background: var(--tint);
        border-radius: 0 2px 2px 0;
        border: 1px solid var(--vscode-contrastBorder, transparent);
      }
      .below .fill {
        border-radius: 2px 0 0 2px;
      }
      .tall {
        height: auto;
        padding: 3px 0;
      }
      .detail {
        display: flex;
        gap: 12px;
        grid-column: 1 / -1;
        min-width: 0;
        color: var(--fp-muted);
        font-size: var(--fp-small);
        line-height: 1.4;
        white-space: nowrap;
      }
      button ~ .detail {
        cursor: pointer;
      }
      .words {
        flex: 1;
        min-width: 0;
        overflow: hidden;
        text-overflow: ellipsis;
      }
      .amount {
        min-width: 52px;
        text-align: right;
      }
    `,
  ];

  override render() {
    return html`<ol ${cssProperties({ '--zero': percentage(this.place(0)) })}>
      ${this.bars.map((bar, i) => this.bar(bar, i))}
    </ol>`;
  }

  private bar(bar: SignedBar, i: number) {
    const { name, value, title, choosable, chosen, detail, aside } = bar;
    const below = value < 0;
    const from = this.place(Math.min(value, 0));
    const share = this.place(Math.max(value, 0)) - from;
    const place = {
      '--from': percentage(from),
      '--share': percentage(share),
      '--tint': cssColor(cellColor(this.theme, 'diverging', below ? -1 : 1)),
    };
    const kind = `${below ? 'below' : ''} ${chosen ? 'chosen' : ''} ${detail === undefined ? '' : 'tall'}`;
    return html`<li class=${kind} title=${title}>
      ${
        choosable
          ? html`<button
              class="name"
              aria-pressed=${chosen ? 'true' : 'false'}
              @click=${() => this.choose(i)}
            >
              ${name}
            </button>`
          : html`<span class="name">${name}</span>`
      }
      <span class="track" aria-hidden="true"
        ><span class="zero"></span>${
          share === 0 ? nothing : html`<span class="fill" ${cssProperties(place)}></span>`
        }</span
      >
      <span class="amount number">${change(value, this.digits)}</span>
      ${
        detail === undefined
          ? nothing
          : html`<span class="detail" @click=${() => choosable && this.choose(i)}
              ><bdi class="words">${detail}</bdi><span class="number">${aside}</span></span
            >`
      }
    </li>`;
  }

  private choose(index: number): void {
    this.dispatchEvent(new CustomEvent('choose', { detail: index }));
  }

  /** Where a value lies, from 0 to 1. */
  private place(value: number): number {
    const [low, high] = this.domain;
    return high === low ? 0.5 : Math.max(0, Math.min(1, (value - low) / (high - low)));
  }
}

function percentage(share: number): string {
  return `${(share * 100).toFixed(2)}%`;
}
