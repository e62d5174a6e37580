import { css, html, LitElement } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import { rankBuckets, rankShares } from '../../inspection/tokenMeasure';
import { cssColor } from '../drawing/color';
import type { Theme } from '../drawing/theme';
import { tint } from '../drawing/tokenScale';
import { counted, percent } from '../format';
import { cssProperties } from './cssProperties';
import { shared } from './styles';

/** How many tokens came at which rank: one bar, cut by buckets, and what each share is. */
@customElement('fp-rank-shares')
export class RankShares extends LitElement {
  /** Tokens in each bucket. */
  @property({ attribute: false }) ranks: readonly number[] = [];
  @property({ attribute: false }) theme!: Theme;

  static override styles = [
    shared,
    css`
      .bar {
        display: flex;
        gap: 1px;
        height: 14px;
        border-radius: 3px;
        outline: 1px solid var(--vscode-contrastBorder, transparent);
        overflow: hidden;
      }
      .bar i {
        flex: var(--share) 0 0;
        min-width: 1px;
        background: var(--color);
      }
      ul {
        list-style: none;
        display: grid;
        grid-template-columns: repeat(auto-fill, minmax(92px, 1fr));
        gap: 2px 10px;
        margin: 6px 0 0;
        padding: 0;
        font-size: var(--fp-small);
      }
      li {
        display: flex;
        align-items: baseline;
        gap: 5px;
        white-space: nowrap;
      }
      li i {
        flex: none;
        width: 9px;
        height: 9px;
        border-radius: 2px;
        background: var(--color);
        border: 1px solid var(--vscode-contrastBorder, transparent);
      }
    `,
  ];

  override render() {
    const shares = rankShares(this.ranks);
    let below = 0;
    const parts = shares.map(({ from, to, tokens, share }, bucket) => {
      below += share ?? 0;
      const name = to === null ? `>${thousands(from - 1)}` : from === to ? String(to) : `≤${thousands(to)}`; // prettier-ignore
      const color = cssColor(tint(this.theme, 'rank', bucket / rankBuckets.length).background);
      const range = to === null ? `beyond ${thousands(from - 1)}` : from === to ? `${to}` : `${from} to ${thousands(to)}`; // prettier-ignore
      const about = `${counted(tokens, 'token')} at rank ${range}: ${percent(share ?? 0)}${
        bucket > 0 && to !== null ? `; up to ${thousands(to)}: ${percent(below)}` : ''
      }`;
      return { name, share: share ?? 0, color, about };
    });
    return html`<div class="bar" aria-hidden="true">
        ${parts
          .filter(({ share }) => share > 0)
          .map(
            ({ share, color, about }) =>
              html`<i
                title=${about}
                ${cssProperties({ '--share': String(share), '--color': color })}
              ></i>`,
          )}
      </div>
      <ul aria-label="Tokens by rank">
        ${parts.map(
          ({ name, share, color, about }) =>
            html`<li title=${about}>
              <i aria-hidden="true" ${cssProperties({ '--color': color })}></i
              ><span class="muted">${name}</span>
              <span class="number">${percent(share)}</span>
            </li>`,
        )}
      </ul>`;
  }
}

function thousands(rank: number): string {
  return rank === 1000 ? '1k' : String(rank);
}
