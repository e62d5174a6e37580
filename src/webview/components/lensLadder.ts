import { css, html, LitElement, nothing } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import type { Lens, LensStream } from '../../protocol/lens';
import { displayToken } from '../../tokenizer/tokenDisplay';
import type { Candidates } from '../distribution';
import { bits, count, percent } from '../format';
import { streamName } from '../lensReading';
import { cssProperties } from './cssProperties';
import './distributionBars';
import { rovingStep } from './rovingFocus';
import { shared } from './styles';

/**
 * What the model would say after each part of it, from the embedding down to the last MLP. A row
 * opens to show more of its distribution. Fires `point` with the index of the row that the pointer
 * or the focus is on, or null.
 */
@customElement('fp-lens-ladder')
export class LensLadder extends LitElement {
  @property({ attribute: false }) lens!: Lens;
  /** Index of the stream from which on the final token leads. */
  @property({ attribute: false }) decided = 0;
  @property({ attribute: false }) pointed: number | null = null;
  /** Index of the row that is open; it stays so from token to token. */
  @state() private opened: number | null = null;
  @state() private reachable = 0;

  static override styles = [
    shared,
    css`
      :host {
        container-type: inline-size;
      }
      ol {
        list-style: none;
        display: grid;
        grid-template-columns: max-content minmax(40px, max-content) minmax(40px, 1fr) max-content;
        column-gap: 8px;
      }
      ol.long {
        max-height: 560px;
        overflow-y: auto;
        scrollbar-width: thin;
      }
      li {
        display: contents;
      }
      .row {
        display: grid;
        grid-column: 1 / -1;
        grid-template-columns: subgrid;
        align-items: center;
        height: 20px;
        padding: 0;
        border: 0;
        border-radius: 3px;
        background: none;
        text-align: left;
        cursor: pointer;
      }
      .row.pointed {
        background: var(--vscode-list-hoverBackground);
        outline: 1px dashed var(--vscode-contrastActiveBorder, transparent);
        outline-offset: -1px;
      }
      .attn {
        margin-top: 3px;
      }
      .name {
        display: flex;
        align-items: center;
        gap: 5px;
        height: 100%;
        padding-left: 8px;
        border-left: 2px solid transparent;
        color: var(--fp-muted);
        font-size: var(--fp-small);
        font-variant-numeric: tabular-nums;
      }
      .held .name {
        border-left-color: var(--fp-accent);
      }
      .text {
        display: flex;
        align-items: center;
        gap: 4px;
        min-width: 0;
        max-width: 18ch;
        font-size: 12px;
        line-height: 20px;
      }
      .text bdi {
        overflow: hidden;
        text-overflow: ellipsis;
      }
      .leads .text bdi {
        font-weight: 700;
      }
      .came {
        color: var(--fp-actual);
      }
      .bar {
        position: relative;
        height: 10px;
        border-radius: 2px;
        background: var(--fp-track);
        border: 1px solid var(--vscode-contrastBorder, transparent);
      }
      .fill {
        position: absolute;
        inset: 0 auto 0 0;
        width: var(--share);
        border-radius: 2px;
        background: color-mix(in srgb, var(--vscode-foreground) 42%, transparent);
      }
      .leads .fill {
        background: var(--fp-accent);
      }
      .amount {
        min-width: 48px;
        text-align: right;
        font-size: var(--fp-small);
      }
      .others {
        display: none;
        gap: 10px;
        min-width: 0;
        overflow: hidden;
        color: var(--fp-muted);
        font-size: var(--fp-small);
        white-space: nowrap;
      }
      .badge {
        padding: 0 4px;
        border-radius: 3px;
        background: var(--fp-accent);
        color: var(--fp-surface);
        font-size: 10px;
        line-height: 13px;
        font-weight: 600;
      }
      .more {
        grid-column: 1 / -1;
        margin: 2px 0 8px;
        padding: 4px 0 4px 10px;
        border-left: 2px solid var(--fp-border);
      }
      @container (max-width: 380px) {
        .text {
          max-width: 12ch;
        }
      }
      @container (max-width: 290px) {
        ol {
          grid-template-columns: max-content minmax(0, max-content) minmax(16px, 1fr) max-content;
          column-gap: 6px;
        }
        .text {
          max-width: 9ch;
        }
        .amount {
          min-width: 40px;
        }
        .badge {
          width: 6px;
          height: 6px;
          padding: 0;
          border-radius: 50%;
          overflow: hidden;
          text-indent: 100%;
        }
      }
      @container (min-width: 460px) {
        ol {
          grid-template-columns:
            max-content minmax(40px, max-content) minmax(40px, 1fr) max-content
            minmax(120px, 26ch);
        }
        .others {
          display: flex;
        }
      }
    `,
  ];

  override render() {
    const { streams } = this.lens;
    const reachable = Math.min(this.reachable, streams.length - 1);
    return html`<ol
      class=${streams.length > 33 ? 'long' : ''}
      @keydown=${this.keyDown}
      @pointerleave=${() => this.point(null)}
    >
      ${streams.map((stream, i) => this.row(stream, i, i === reachable))}
    </ol>`;
  }

  private row(stream: LensStream, i: number, reachable: boolean) {
    const { lens, decided, pointed } = this;
    const [first, ...others] = stream.top;
    if (!first) return nothing;
    const leads = first.id === lens.final.id;
    const came = first.id === lens.actual?.id;
    const open = this.opened === i;
    const kind = [
      'row',
      leads ? 'leads' : '',
      i >= decided ? 'held' : '',
      i === pointed ? 'pointed' : '',
      stream.stream === 'residMid' ? 'attn' : '',
    ].join(' ');
    return html`<li>
      <button
        class=${kind}
        data-index=${i}
        tabindex=${reachable ? 0 : -1}
        aria-expanded=${open ? 'true' : 'false'}
        title=${tooltip(lens, stream)}
        @click=${() => this.toggle(i)}
        @focus=${() => this.focused(i)}
        @pointerenter=${() => this.point(i)}
      >
        <span class="name"
          >${streamName(stream)}${
            i === decided ? html`<span class="badge">decided</span>` : nothing
          }</span
        >
        <span class="text"
          ><bdi class="token">${displayToken(first.text)}</bdi>${
            came
              ? html`<span class="came" aria-hidden="true">◂</span
                  ><span class="visually-hidden">, what came</span>`
              : nothing
          }</span
        >
        <span class="bar" aria-hidden="true"
          ><span
            class="fill"
            ${cssProperties({ '--share': `${(first.probability * 100).toFixed(2)}%` })}
          ></span
        ></span>
        <span class="amount number">${percent(first.probability)}</span>
        <span class="others" aria-hidden="true"
          >${others
            .slice(0, 3)
            .map(({ text }) => html`<bdi class="token">${displayToken(text)}</bdi>`)}</span
        >
      </button>
      ${
        open
          ? html`<div class="more">
              <p class="small muted">
                Entropy ${bits(stream.entropy)}; the final answer has rank
                ${count(stream.final.rank)}, ${percent(stream.final.probability)}.
              </p>
              <fp-distribution-bars .candidates=${candidates(lens, stream)}></fp-distribution-bars>
            </div>`
          : nothing
      }
    </li>`;
  }

  private toggle(i: number): void {
    this.opened = this.opened === i ? null : i;
  }

  private focused(i: number): void {
    this.reachable = i;
    this.point(i);
  }

  private readonly keyDown = (event: KeyboardEvent) => {
    const target = event.target as HTMLElement;
    if (!target.matches('.row') || event.ctrlKey || event.metaKey || event.altKey) return;
    const next = rovingStep(event.key, this.reachable, this.lens.streams.length);
    if (next === null) return;
    event.preventDefault();
    this.renderRoot.querySelector<HTMLElement>(`[data-index="${next}"]`)?.focus();
  };

  private point(index: number | null): void {
    if (index !== this.pointed) this.dispatchEvent(new CustomEvent('point', { detail: index }));
  }
}

function tooltip({ final, actual }: Lens, stream: LensStream): string {
  const rank = (text: string, { rank, probability }: LensStream['final']) =>
    `${displayToken(text)}: rank ${count(rank)}, ${percent(probability)}`;
  return [
    `If the model ended after ${streamName(stream)} (entropy ${bits(stream.entropy)})`,
    rank(final.text, stream.final),
    actual && stream.actual && actual.id !== final.id ? rank(actual.text, stream.actual) : '',
  ]
    .filter((line) => line !== '')
    .join('\n');
}

function candidates({ actual }: Lens, stream: LensStream): Candidates {
  const candidate = (
    id: number,
    text: string,
    { rank, probability, logprob }: LensStream['final'],
  ) => ({
    id,
    text,
    rank,
    probability,
    own: probability,
    logprob,
    logit: null,
    actual: id === actual?.id,
  });
  const rows = stream.top.map(({ id, text, ...given }, i) =>
    candidate(id, text, { ...given, rank: i + 1 }),
  );
  const apart =
    actual && stream.actual && !rows.some(({ id }) => id === actual.id)
      ? candidate(actual.id, actual.text, stream.actual)
      : null;
  return { rows, actual: apart, kept: null };
}
