import { css, html, LitElement } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import { fullBits, scalePosition } from '../../inspection/tokenMeasure';
import { cssColor } from '../drawing/color';
import type { Theme } from '../drawing/theme';
import { tint } from '../drawing/tokenScale';
import { counted, percent } from '../format';
import { cssProperties } from './cssProperties';
import { shared } from './styles';

/** Tokens by surprisal, one bar for each bit; in the colours that these bits have everywhere. */
@customElement('fp-surprisal-histogram')
export class SurprisalHistogram extends LitElement {
  /** Tokens in each bin of one bit. */
  @property({ attribute: false }) bins: readonly number[] = [];
  @property({ attribute: false }) theme!: Theme;

  static override styles = [
    shared,
    css`
      ol {
        list-style: none;
        display: flex;
        align-items: flex-end;
        gap: 1px;
        height: 44px;
        border-bottom: 1px solid var(--fp-border);
      }
      li {
        flex: 1;
        display: flex;
        align-items: flex-end;
        height: 100%;
      }
      li i {
        width: 100%;
        height: calc(var(--share) * 100%);
        min-height: var(--least);
        border-radius: 1px 1px 0 0;
        background: var(--color);
        outline: 1px solid var(--vscode-contrastBorder, transparent);
        outline-offset: -1px;
      }
      li:hover {
        background: var(--fp-track);
      }
      .axis {
        display: flex;
        margin-top: 1px;
        font-size: 10px;
        color: var(--fp-muted);
      }
      .axis span {
        flex: 1;
        min-width: 0;
        white-space: nowrap;
      }
    `,
  ];

  override render() {
    const { bins, theme } = this;
    const shown = [...bins.slice(0, fullBits), sum(bins.slice(fullBits))];
    const all = sum(bins);
    while (shown.length <= fullBits) shown.splice(-1, 0, 0);
    const most = Math.sqrt(Math.max(1, ...shown));
    return html`<ol aria-label="Tokens by surprisal">
        ${shown.map((tokens, bit) => {
          const range = bit === fullBits ? `${bit} bits or more` : `${bit} to ${bit + 1} bits`;
          const about = `${range}: ${counted(tokens, 'token')}, ${percent(all > 0 ? tokens / all : 0)}`;
          const color = tint(theme, 'surprisal', scalePosition('surprisal', bit + 0.5)).background;
          return html`<li title=${about} aria-label=${about}>
            <i
              ${cssProperties({
                '--share': (Math.sqrt(tokens) / most).toFixed(3),
                '--least': tokens > 0 ? '1px' : '0',
                '--color': cssColor(color),
              })}
            ></i>
          </li>`;
        })}
      </ol>
      <div class="axis" aria-hidden="true">
        ${shown.map(
          (_, bit) => html`<span>${bit % 3 > 0 ? '' : bit === fullBits ? `${bit}+` : bit}</span>`,
        )}
      </div>`;
  }
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((a, b) => a + b, 0);
}
