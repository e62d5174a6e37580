import { css, html, nothing } from 'lit';
import { customElement, property, query, state } from 'lit/decorators.js';
import type { Attribution } from '../../protocol/attribution';
import type { InspectedToken, Inspection } from '../../protocol/inspection';
import { displayToken } from '../../tokenizer/tokenDisplay';
import {
  attributionData,
  attributionMap,
  attributionParts,
  type Part,
  totalOf,
} from '../attributionParts';
import { chosenToken } from '../chosenToken';
import type { CellPlace } from '../drawing/cellMapLayout';
import type { Domain } from '../drawing/cellScale';
import type { Theme } from '../drawing/theme';
import { change, signed, tableNumber } from '../format';
import type { SectionData } from '../sectionData';
import type { TokenChoice } from '../state/choices/tokenChoice';
import type { Loadable } from '../state/loader';
import './cellMap';
import type { CellMap } from './cellMap';
import { failedAnswer, failureStyles } from './failure';
import './section';
import './signedBars';
import type { SignedBar } from './signedBars';
import { PanelSection } from './panelSection';
import { shared } from './styles';
import './tokenField';

/** Bars that are shown at first, and with each "show more". */
const firstBars = 12;

type Token = Loadable<{ id: number; text: string }> | null;

/** Which part of the model wrote a prediction into the residual stream. */
@customElement('fp-attribution-section')
export class AttributionSection extends PanelSection {
  @property({ attribute: false }) theme!: Theme;
  @query('fp-cell-map') private cells!: CellMap | null;
  @state() private shown = firstBars;
  /** Stays on show until the next one is there. */
  private last: { result: Inspection; found: Attribution } | null = null;

  static override styles = [
    shared,
    failureStyles,
    css`
      .fields {
        display: flex;
        flex-wrap: wrap;
        gap: 4px 12px;
      }
      .sum {
        margin: 4px 0 10px;
        line-height: 1.5;
      }
      .sum b {
        color: var(--vscode-foreground);
        font-weight: 600;
      }
      .waiting {
        opacity: 0.5;
      }
      .links {
        display: flex;
        gap: 12px;
        margin-top: 4px;
      }
    `,
  ];

  override render() {
    const { store } = this;
    const { result, position } = store;
    const token = result?.tokens[position ?? -1];
    if (!result || !token) return nothing;
    const { attributionTarget, attributionVersus, folded } = store.choices;
    const isFolded = folded.includes('attribution');
    const target = isFolded ? null : this.token(result, attributionTarget);
    const versus = isFolded ? null : this.token(result, attributionVersus);
    const likely = token.top[0];
    const suggestions = token.top.map(({ id, text, logprob }) => ({
      id,
      text,
      probability: Math.exp(logprob),
    }));
    return html`<fp-section
      .store=${store}
      name="attribution"
      heading="Attribution"
      .data=${this.data}
    >
      <span slot="aside">after <bdi class="token">${displayToken(token.text)}</bdi></span>
      <div class="fields">
        <fp-token-field
          .store=${store}
          label="Target"
          placeholder=${likely ? `${displayToken(likely.text)} (likeliest)` : ''}
          .value=${attributionTarget}
          .token=${target}
          .suggestions=${suggestions}
          @choose=${({ detail }: CustomEvent<TokenChoice | null>) =>
            store.choose({ attributionTarget: detail })}
        ></fp-token-field>
        <fp-token-field
          .store=${store}
          label="Versus"
          placeholder="none"
          .value=${attributionVersus}
          .token=${versus}
          .suggestions=${suggestions}
          @choose=${({ detail }: CustomEvent<TokenChoice | null>) =>
            store.choose({ attributionVersus: detail })}
        ></fp-token-field>
      </div>
      ${isFolded ? nothing : this.attribution(result, token, target, versus)}
    </fp-section>`;
  }

  private attribution(result: Inspection, { index }: InspectedToken, target: Token, versus: Token) {
    const { store } = this;
    const asked = [target, versus];
    // A token that is none is said so below its field; there is nothing to attribute then.
    if (asked.some((token) => token?.status === 'failed')) return nothing;
    const idOf = (token: Token) => (token?.status === 'ready' ? token.value.id : null);
    const answer = asked.some((token) => token?.status === 'loading')
      ? null
      : store.ask('attribution', {
          run: result.run,
          position: index,
          target: idOf(target),
          versus: idOf(versus),
        });
    if (answer?.status === 'failed') return failedAnswer(store, 'attribution', answer);
    if (answer?.status === 'ready') this.last = { result, found: answer.value };
    const found = this.last?.result === result ? this.last.found : null;
    if (!found) return html`<p class="sum small muted">Taking the logit apart…</p>`;
    const waiting = answer?.status !== 'ready';
    const parts = attributionParts(found, result.model);
    return html`<div class=${waiting ? 'waiting' : ''}>
      ${this.sum(found, parts, result)} ${this.bars(parts)} ${this.map(found, result)}
    </div>`;
  }

  private sum(found: Attribution, parts: readonly Part[], { model }: Inspection) {
    const { target, versus, sum, logit, error } = found;
    const name = (text: string) => html`<bdi class="token">${displayToken(text)}</bdi>`;
    const of = (kind: Part['kind']) => change(totalOf(parts, kind), 2);
    const hasBiases = parts.some(({ kind }) => kind === 'bias');
    const capped = model.logitCap === null ? '' : ' before the cap';
    return html`<p class="sum small muted number" role="status">
      Logit of
      ${name(target.text)}${versus ? html` less that of ${name(versus.text)}` : nothing}${capped}:
      <b>${signed(logit, 3)}</b> = embeddings ${of('embedding')}, heads ${of('head')}, MLPs
      ${of('mlp')}${hasBiases ? `, biases ${of('bias')}` : ''}.
      <span
        title="The sum of all parts, less the logit that the model computes: what rounding loses. The scale of the final norm is frozen at its value at this position, so that the logit is linear in what each part writes.${model.logitCap === null ? '' : ' The model caps its logits afterwards, which is not linear: what is taken apart is the logit before.'}${model.outputNorms ? ' What attention and MLP write is normalised before it is added; those scales are frozen too.' : ''}"
        >Sum ${signed(sum, 3)}, error ${tableNumber(error)}; final norm frozen at this
        position.</span
      >
    </p>`;
  }

  private bars(parts: readonly Part[]) {
    const { store } = this;
    const sorted = [...parts].sort((a, b) => Math.abs(b.value) - Math.abs(a.value));
    const { layer, head } = store.head;
    const bars = sorted.slice(0, this.shown).map((part): SignedBar => ({
      name: part.name,
      value: part.value,
      title: `${part.name} adds ${change(part.value, 5)}${part.name === 'final bias' ? ': the bias of the final norm, and of the unembedding where it has one' : ''}`,
      choosable: part.kind === 'head',
      chosen: part.layer === layer && part.head === head,
    }));
    return html`<fp-signed-bars
        .bars=${bars}
        .domain=${signedDomain(parts.map(({ value }) => value))}
        .theme=${this.theme}
        @choose=${({ detail }: CustomEvent<number>) => this.chooseHead(sorted[detail]!)}
      ></fp-signed-bars>
      <div class="links small">
        ${
          this.shown < sorted.length
            ? html`<button class="link" @click=${() => (this.shown += 2 * firstBars)}>
                Show more
              </button>`
            : nothing
        }
        ${
          this.shown > firstBars
            ? html`<button class="link" @click=${() => (this.shown = firstBars)}>
                Show fewer
              </button>`
            : nothing
        }
      </div>`;
  }

  private map(found: Attribution, { model }: Inspection) {
    const { store } = this;
    const { nLayer, nHead } = model;
    const values = attributionMap(found, model);
    const most = values.reduce((size, value) => Math.max(size, Math.abs(value)), 0);
    const nameOf = ({ row, column }: CellPlace) =>
      column < nHead ? `L${row}H${column}` : `L${row} MLP`;
    const { layer, head } = store.head;
    return html`<fp-cell-map
      .rows=${Array.from({ length: nLayer }, (_, row) => `L${row}`)}
      .columns=${[...Array.from({ length: nHead }, (_, column) => `H${column}`), 'MLP']}
      .values=${values}
      scale="diverging"
      .domain=${[-most, most]}
      unit="logit"
      .format=${(value: number) => signed(value, 2)}
      .row=${layer}
      .column=${head}
      .theme=${this.theme}
      label="What each head and MLP adds to the logit: layers down, heads and the MLP across"
      .describe=${(cell: CellPlace) =>
        html`${nameOf(cell)} adds ${change(values[cell.row * (nHead + 1) + cell.column]!, 4)}`}
      @choose=${({ detail: { row, column } }: CustomEvent<CellPlace>) =>
        this.chooseHead({ layer: row, head: column < nHead ? column : null })}
    ></fp-cell-map>`;
  }

  /** Shows a head in the attention section. */
  private chooseHead({ layer, head }: Pick<Part, 'layer' | 'head'>): void {
    if (layer !== null && head !== null) this.store.choose({ layer, head, heads: 'one' });
  }

  /** The token that somebody chose; null where there is no choice. */
  private token(result: Inspection, choice: TokenChoice | null): Token {
    if (choice === null) return null;
    const { model } = result.run;
    return this.store.ask('namedToken', { model, name: chosenToken(choice, model.folder) });
  }

  private readonly data = (): SectionData | null => {
    const { result } = this.store;
    if (!result || this.last?.result !== result) return null;
    const { found } = this.last;
    const parts = attributionParts(found, result.model);
    const { layer, head } = this.store.head;
    return {
      ...attributionData(found, result.model),
      choose: (row) => parts[row] && this.chooseHead(parts[row]),
      chosen: parts.findIndex((part) => part.layer === layer && part.head === head),
      picture: () => this.cells?.picture() ?? null,
    };
  };
}

/** From the least to the most, zero included; a little room beside a zero that is an end. */
function signedDomain(values: readonly number[]): Domain {
  const low = Math.min(0, ...values);
  const high = Math.max(0, ...values);
  const room = (high - low) * 0.06;
  return [Math.min(low, -room), Math.max(high, room)];
}
