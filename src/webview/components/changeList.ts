import { css, html, nothing } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import type { ChangedHunk } from '../../protocol/documentChanges';
import { hunkMeaning, lineLabel } from '../changeWords';
import type { Theme } from '../drawing/theme';
import { change, count, counted } from '../format';
import './segmented';
import type { Segment } from './segmented';
import './signedBars';
import type { SignedBar } from './signedBars';
import { StoreElement } from './storeElement';
import { shared } from './styles';

/** Hunks that are listed at first, and more with each "show more". */
const firstHunks = 12;

const orders: readonly Segment[] = [
  { value: 'line', label: 'In order', title: 'As they come in the text' },
  { value: 'size', label: 'Largest first', title: 'By how much the bits changed' },
];

/** The hunks of a comparison, each with what it did to its lines' bits. Fires `choose` with one's index. */
@customElement('fp-change-list')
export class ChangeList extends StoreElement {
  @property({ attribute: false }) hunks: readonly ChangedHunk[] = [];
  @property({ attribute: false }) chosen: number | null = null;
  @property({ attribute: false }) theme!: Theme;
  @state() private listed = firstHunks;

  static override styles = [
    shared,
    css`
      .order {
        display: flex;
        flex-wrap: wrap;
        align-items: center;
        justify-content: space-between;
        gap: 4px 12px;
        margin: 12px 0 4px;
      }
      h3 {
        margin: 0;
        font-size: var(--fp-small);
        font-weight: 600;
        line-height: 1.4;
      }
      h3 .muted {
        font-weight: 400;
      }
      fp-segmented {
        container-type: normal;
        flex: none;
      }
      .links {
        display: flex;
        gap: 12px;
        margin-top: 4px;
      }
    `,
  ];

  override render() {
    const { hunks, listed, store } = this;
    const shown = this.ordered().slice(0, listed);
    return html`<div class="order">
        <h3>${counted(hunks.length, 'change')} <span class="muted">by line, in bits</span></h3>
        ${
          hunks.length > 2
            ? html`<fp-segmented
                label="Order changes"
                .segments=${orders}
                .value=${store.choices.changeOrder}
                @choose=${(event: CustomEvent<'line' | 'size'>) =>
                  store.choose({ changeOrder: event.detail })}
              ></fp-segmented>`
            : nothing
        }
      </div>
      <fp-signed-bars
        .bars=${shown.map((i) => this.bar(hunks[i]!, i))}
        .domain=${domainOf(hunks)}
        .theme=${this.theme}
        .digits=${1}
        @choose=${({ detail: i }: CustomEvent<number>) =>
          this.dispatchEvent(new CustomEvent('choose', { detail: shown[i] }))}
      ></fp-signed-bars>
      <div class="links small">
        ${
          listed < hunks.length
            ? html`<button class="link" @click=${() => (this.listed *= 3)}>
                Show more of ${count(hunks.length)}
              </button>`
            : nothing
        }
        ${
          listed > firstHunks
            ? html`<button class="link" @click=${() => (this.listed = firstHunks)}>
                Show fewer
              </button>`
            : nothing
        }
      </div>`;
  }

  /** The indices of all hunks. */
  private ordered(): number[] {
    const { hunks } = this;
    const indices = hunks.map((_, i) => i);
    if (this.store.choices.changeOrder === 'line') return indices;
    const size = (i: number) => Math.abs(hunks[i]!.difference);
    return indices.sort((a, b) => size(b) - size(a) || a - b);
  }

  private bar(hunk: ChangedHunk, index: number): SignedBar {
    return {
      name: lineLabel(hunk.linesAfter),
      value: hunk.difference,
      title: hunkMeaning(hunk),
      choosable: true,
      chosen: this.chosen === index,
      detail: hunk.words,
      aside: hunk.knockOnTokens > 0 ? `knock-on ${change(hunk.knockOn, 1)}` : '',
    };
  }
}

/** From the least to the most, zero included; a little room beside a zero that is an end. */
function domainOf(hunks: readonly ChangedHunk[]): [number, number] {
  let [low, high] = [0, 0];
  for (const { difference } of hunks) {
    low = Math.min(low, difference);
    high = Math.max(high, difference);
  }
  const room = Math.max((high - low) * 0.06, 0.1);
  return [Math.min(low, -room), Math.max(high, room)];
}
