import { html, nothing } from 'lit';
import { customElement, property, query } from 'lit/decorators.js';
import type { Inspection } from '../../protocol/inspection';
import type { ComparedToken, Edit, Intervention } from '../../protocol/interventions';
import { displayToken } from '../../tokenizer/tokenDisplay';
import type { CellPlace } from '../drawing/cellMapLayout';
import type { Theme } from '../drawing/theme';
import { withEdit } from '../editWords';
import { bits, counted, percent, signed, tableNumber } from '../format';
import type { SectionData } from '../sectionData';
import { EffectAlongText } from '../state/effectAlongText';
import { type AlongText, comparedTokens, surprisalChange, whatIfData } from '../whatIfData';
import { partNames, roundMost, smallBits } from '../whatIfWords';
import './cellMap';
import type { CellMap } from './cellMap';
import './comparedBars';
import './editAdders';
import './editList';
import { failedAnswer, failure, failureStyles, way } from './failure';
import './section';
import { PanelSection } from './panelSection';
import { shared } from './styles';
import { whatIfSectionStyles } from './whatIfSectionStyles';

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
  private along: EffectAlongText | null = null;
  private drawn: { kl: Float32Array; bits: Float32Array } | null = null;

  static override styles = [shared, failureStyles, whatIfSectionStyles];

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
    const effect = this.effectOf(result, edits);
    const next = current ? effect.advance() : null;
    const { text: along, known } = effect;
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
          >${smallBits(found.kl)}</b
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
          .domain=${[0, roundMost(along.kl)] as const}
          unit="bits"
          .format=${(value: number) => tableNumber(Number(value.toPrecision(2)))}
          .column=${this.store.position}
          .theme=${this.theme}
          label="KL divergence of the changed prediction after each token"
          .describe=${(cell: CellPlace) => this.describe(result, along, cell.column)}
          @choose=${({ detail }: CustomEvent<CellPlace>) => void this.store.select(detail.column)}
        ></fp-cell-map>
        ${failure(
          next?.status === 'failed' ? next.message : null,
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
    ${smallBits(kl)}${
      next
        ? html`<span class="muted"
            >;
            <bdi class="token">${displayToken(next.text)}</bdi> ${bits(-along.logprobBefore[at]!)} →
            ${bits(-along.logprobAfter[at]!)}</span
          >`
        : nothing
    }`;
  }

  private effectOf(result: Inspection, edits: readonly Edit[]): EffectAlongText {
    if (this.along?.result !== result || this.along.edits !== edits) {
      this.along = new EffectAlongText(result, edits, (params) =>
        this.store.ask('interventionEffect', params),
      );
    }
    return this.along;
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
