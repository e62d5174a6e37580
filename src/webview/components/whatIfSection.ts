import { css, html, nothing } from 'lit';
import { customElement, property, query } from 'lit/decorators.js';
import type { Inspection } from '../../protocol/inspection';
import type { ComparedToken, Edit, Intervention } from '../../protocol/interventions';
import { displayToken } from '../../tokenizer/tokenDisplay';
import type { CellPlace } from '../drawing/cellMapLayout';
import type { Theme } from '../drawing/theme';
import { editPart, withEdit } from '../editWords';
import { bits, counted, percent, signed, tableNumber } from '../format';
import type { SectionData } from '../sectionData';
import { type AlongText, comparedTokens, surprisalChange, whatIfData } from '../whatIfData';
import './cellMap';
import type { CellMap } from './cellMap';
import './comparedBars';
import './editAdders';
import './editList';
import { failedAnswer, failure, failureStyles, way } from './failure';
import './section';
import { PanelSection } from './panelSection';
import { shared } from './styles';

/** Positions of one piece of what changed along the text. */
const positionsAtOnce = 64;
/** Likeliest tokens of either side that have bars; the table has all. */
const barsShown = 6;
/** Tokens in either list of what moved. */
const moversShown = 5;

/** What the model would say if parts of it were silent, louder, elsewhere, or pushed. */
@customElement('fp-what-if-section')
export class WhatIfSection extends PanelSection {
  @property({ attribute: false }) theme!: Theme;
  @query('fp-cell-map') private map!: CellMap | null;
  /** Stays on show until that of the next edits is there. */
  private last: { result: Inspection; found: Intervention; edits: readonly Edit[] } | null = null;
  private along: { result: Inspection; edits: readonly Edit[]; text: AlongText } | null = null;
  private drawn: { kl: Float32Array; bits: Float32Array } | null = null;

  static override styles = [
    shared,
    failureStyles,
    css`
      .changes {
        display: flex;
        align-items: flex-start;
        gap: 8px;
        margin-top: 10px;
      }
      fp-edit-list {
        flex: 1;
      }
      .changes .link {
        line-height: 24px;
      }
      .note {
        margin: 8px 0;
        padding-left: 8px;
        border-left: 2px solid var(--fp-changed);
        line-height: 1.45;
      }
      .waiting {
        opacity: 0.5;
      }
      .hint {
        margin-top: 10px;
        line-height: 1.45;
      }
      .movers {
        display: grid;
        grid-template-columns: repeat(auto-fit, minmax(min(170px, 100%), 1fr));
        gap: 6px 20px;
        margin-top: 10px;
      }
      h3 {
        margin: 0 0 2px;
        font-size: var(--fp-small);
        font-weight: 600;
      }
      .movers li {
        display: grid;
        grid-template-columns: minmax(0, 1fr) max-content;
        gap: 8px;
        align-items: baseline;
        line-height: 1.5;
        font-size: var(--fp-small);
      }
      .movers ol {
        list-style: none;
      }
      .movers bdi {
        overflow: hidden;
        text-overflow: ellipsis;
      }
      .along {
        margin-top: 12px;
      }
    `,
  ];

  override render() {
    const { store } = this;
    const { result, position } = store;
    const token = result?.tokens[position ?? -1];
    if (!result || !token) return nothing;
    const { edits, folded } = store.choices;
    const isFolded = folded.includes('whatIf');
    return html`<fp-section .store=${store} name="whatIf" heading="What if" .data=${this.data}>
      <span slot="aside"
        >${edits.length === 0 ? 'nothing changed' : counted(edits.length, 'change')}</span
      >
      <fp-edit-adders
        .store=${store}
        .edits=${edits}
        @add=${({ detail }: CustomEvent<Edit[]>) =>
          store.choose({ edits: detail.reduce<Edit[]>(withEdit, edits) })}
      ></fp-edit-adders>
      ${isFolded ? nothing : this.outcome(result, token.index)}
    </fp-section>`;
  }

  private outcome(result: Inspection, position: number) {
    const { store } = this;
    const { edits } = store.choices;
    if (edits.length === 0) {
      return html`<p class="hint small muted">
        Change a part of the model above: the pass is run again from there, and what it would say
        then stands here beside what it says.
      </p>`;
    }
    const topK = store.state?.settings.topK ?? 10;
    const answer = store.ask('intervene', { run: result.run, edits, topK, position });
    if (answer.status === 'ready') this.last = { result, found: answer.value, edits };
    const failed = answer.status === 'failed' ? answer.message : null;
    // A number that belongs to other edits never stands below these without saying so.
    const last = failed === null && this.last?.result === result ? this.last : null;
    return html`<div class="changes">
        <fp-edit-list
          .edits=${edits}
          .tokens=${result.tokens}
          .steering=${last?.edits === edits ? last.found.steering : []}
          @edits=${({ detail }: CustomEvent<Edit[]>) => store.choose({ edits: detail })}
        ></fp-edit-list>
        <button class="link small" @click=${() => store.choose({ edits: [] })}>Clear</button>
      </div>
      ${failedAnswer(store, 'intervene', answer)}
      ${
        last
          ? html`<div class=${answer.status === 'ready' ? '' : 'waiting'}>
              ${this.found(result, last.found, edits, answer.status === 'ready')}
            </div>`
          : failed === null
            ? html`<p class="hint small muted">Running the changed blocks…</p>`
            : nothing
      }`;
  }

  private found(result: Inspection, found: Intervention, edits: readonly Edit[], current: boolean) {
    const { along, failure: failed, known } = this.askAlong(result, edits, current);
    const n = result.tokens.length;
    const change = surprisalChange(along);
    const { nLayer } = result.model;
    const again =
      found.firstLayer === nLayer - 1
        ? `Block ${found.firstLayer} was`
        : `Blocks ${found.firstLayer} to ${nLayer - 1} were`;
    const token = result.tokens[found.position];
    return html`<p class="note small" role="status">
        <b>Not the model's own</b> with ${partNames(edits)} changed. ${again} run again. After
        <bdi class="token">${displayToken(token?.text ?? '')}</bdi>, KL(own ‖ changed) is
        <b class="number" title="Kullback–Leibler divergence over the full vocabulary"
          >${small(found.kl)}</b
        >.
      </p>
      <fp-compared-bars .tokens=${comparedTokens(found, barsShown)}></fp-compared-bars>
      <div class="movers">
        ${movers('More likely', found.up)} ${movers('Less likely', found.down)}
      </div>
      <div class="along">
        <h3>Along the text</h3>
        <p class="small muted number">
          ${
            n === 1
              ? 'The text is one token, which nothing expects.'
              : change === null
                ? `${known} of ${counted(n, 'token')}`
                : `All tokens together: ${change < 0 ? '' : '+'}${signed(change, 2)} bits of surprisal.`
          }
        </p>
        <fp-cell-map
          .rows=${['KL']}
          .columns=${result.tokens.map(({ text }) => displayToken(text))}
          .values=${this.klBits(along.kl)}
          .domain=${[0, mostOf(along.kl)] as const}
          unit="bits"
          .format=${(value: number) => tableNumber(Number(value.toPrecision(2)))}
          .column=${this.store.position}
          .theme=${this.theme}
          label="KL divergence of the changed prediction after each token"
          .describe=${(cell: CellPlace) => this.describe(result, along, cell.column)}
          @choose=${({ detail }: CustomEvent<CellPlace>) => void this.store.select(detail.column)}
        ></fp-cell-map>
        ${failure(
          failed,
          way('Go on', () => this.store.retry('interventionEffect')),
        )}
      </div>`;
  }

  private describe(result: Inspection, along: AlongText, at: number) {
    const token = result.tokens[at];
    const kl = along.kl[at];
    if (!token || kl === undefined) return '';
    const name = html`After <bdi class="token">${displayToken(token.text)}</bdi> (${at}): `;
    if (Number.isNaN(kl)) return html`${name}<span class="muted">not there yet</span>`;
    const next = result.tokens[at + 1];
    return html`${name}KL
    ${small(kl)}${
      next
        ? html`<span class="muted"
            >;
            <bdi class="token">${displayToken(next.text)}</bdi> ${bits(-along.logprobBefore[at]!)} →
            ${bits(-along.logprobAfter[at]!)}</span
          >`
        : nothing
    }`;
  }

  /** What is there of the text, piece by piece; the next piece is asked for once the first is there. */
  private askAlong(result: Inspection, edits: readonly Edit[], ask: boolean) {
    const n = result.tokens.length;
    if (this.along?.result !== result || this.along.edits !== edits) {
      const empty = () => new Float32Array(n).fill(NaN);
      const text = { kl: empty(), logprobBefore: empty(), logprobAfter: empty() };
      this.along = { result, edits, text };
    }
    const { text: along } = this.along;
    let known = 0;
    let failure: string | null = null;
    for (let from = 0; ask && from < n; from += positionsAtOnce) {
      const to = Math.min(n, from + positionsAtOnce);
      const params = { run: result.run, edits: [...edits], from, to };
      const piece = Number.isNaN(along.kl[from]!)
        ? this.store.ask('interventionEffect', params)
        : null;
      if (piece?.status === 'failed') failure = piece.message;
      if (piece && piece.status !== 'ready') break;
      if (piece) this.enter(piece.value);
      known = to;
    }
    return { along: this.along.text, failure, known };
  }

  /** New arrays, so that what is drawn of them is drawn again. */
  private enter(piece: AlongText & { from: number }): void {
    const { text } = this.along!;
    const withPiece = (whole: Float32Array, part: Float32Array) => {
      const copy = whole.slice();
      copy.set(part, piece.from);
      return copy;
    };
    this.along!.text = {
      kl: withPiece(text.kl, piece.kl),
      logprobBefore: withPiece(text.logprobBefore, piece.logprobBefore),
      logprobAfter: withPiece(text.logprobAfter, piece.logprobAfter),
    };
  }

  private klBits(kl: Float32Array): Float32Array {
    if (this.drawn?.kl !== kl) this.drawn = { kl, bits: kl.map((nats) => nats / Math.LN2) };
    return this.drawn.bits;
  }

  private readonly data = (): SectionData | null => {
    const { result, choices } = this.store;
    const { last, along } = this;
    if (!result || last?.result !== result || last.edits !== choices.edits || !along) return null;
    return {
      ...whatIfData(last.found, last.edits, along.text, result.tokens),
      picture: () => this.map?.picture() ?? null,
    };
  };
}

function movers(heading: string, tokens: readonly ComparedToken[]) {
  return html`<div>
    <h3>${heading}</h3>
    <ol aria-label=${heading}>
      ${tokens.slice(0, moversShown).map(
        ({ text, logprobBefore, logprobAfter }) =>
          html`<li>
            <bdi class="token">${displayToken(text)}</bdi
            ><span class="number"
              ><span class="muted">${percent(Math.exp(logprobBefore))} →</span>
              ${percent(Math.exp(logprobAfter))}</span
            >
          </li>`,
      )}
      ${tokens.length === 0 ? html`<li class="muted">none</li>` : nothing}
    </ol>
  </div>`;
}

function partNames(edits: readonly Edit[]): string {
  const names = [...new Set(edits.map(editPart))];
  const shown = names.slice(0, 4);
  if (names.length > shown.length) return `${shown.join(', ')} and ${names.length - 4} more`;
  return shown.length < 2 ? shown.join('') : `${shown.slice(0, -1).join(', ')} and ${shown.at(-1)}`;
}

/** Bits, also where two decimals would say nothing. */
function small(nats: number): string {
  const value = nats / Math.LN2;
  return value === 0 || value >= 0.01 ? bits(nats) : `${tableNumber(value)} bits`;
}

/** A round end for the scale of what is there. */
function mostOf(nats: Float32Array): number {
  const most = nats.reduce((largest, x) => (x > largest ? x : largest), 0) / Math.LN2;
  if (most === 0) return 1;
  const power = 10 ** Math.floor(Math.log10(most));
  return [1, 2, 5, 10].map((step) => step * power).find((end) => end >= most) ?? most;
}
