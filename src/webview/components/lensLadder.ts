import { html, LitElement, nothing } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import type { Lens, LensStream } from '../../protocol/lens';
import { displayToken } from '../../tokenizer/tokenDisplay';
import type { Candidates } from '../distribution';
import { bits, count, percent } from '../format';
import { streamName } from '../lensReading';
import { cssProperties } from './cssProperties';
import './distributionBars';
import { lensLadderStyles } from './lensLadderStyles';
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

  static override styles = [shared, lensLadderStyles];

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
