import { html, nothing } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import type { InspectedToken } from '../../protocol/inspection';
import { displayToken } from '../../tokenizer/tokenDisplay';
import {
  type ComparedSide,
  type ComparedTexts,
  isExpectedInBoth,
  type TokenPair,
} from '../comparedTexts';
import { legendColors, legendMarks } from '../drawing/cellLegend';
import { signedTints } from '../drawing/signedTints';
import type { Theme } from '../drawing/theme';
import { count, signed } from '../format';
import { comparisonViewStyles } from './comparisonViewStyles';
import './largestDifferences';
import './scaleLegend';
import { StoreElement } from './storeElement';
import { shared } from './styles';
import './tokenFlow';

/** A comparison: totals, both texts coloured by the difference, and where it is largest. */
@customElement('fp-comparison-view')
export class ComparisonView extends StoreElement {
  @property({ attribute: false }) theme!: Theme;
  @property({ attribute: false }) compared!: ComparedTexts<ComparedSide>;
  /** What the two sides are called. */
  @property({ attribute: false }) names: [string, string] = ['', ''];
  @property({ attribute: false }) words = { a: 'A', b: 'B', more: 'bits more in B' };
  /** What choosing a token does, by its indexes (-1 for none on that side); by default, it becomes the current one. */
  @property({ attribute: false }) choose: ((place: TokenPair) => void) | null = null;
  /** The figures of both texts as wholes. */
  @property({ attribute: false }) figures = true;
  /** The token of `a` and of `b` that is pointed at; -1 for none on that side. */
  @state() private looked: TokenPair | null = null;

  static override styles = [shared, comparisonViewStyles];

  override render() {
    const { compared, names } = this;
    const { a, b, comparison } = compared;
    const { totals, stretches } = comparison;
    const same = stretches.every(({ kind }) => kind === 'same');
    const more = totals.difference > 0;
    return html`
      ${
        this.figures
          ? html`<dl>
              ${figure('A, bits', signed(totals.bitsA, 1), `Surprisal of all ${count(totals.tokensA)} tokens of A`)}
              ${figure('B, bits', signed(totals.bitsB, 1), `Surprisal of all ${count(totals.tokensB)} tokens of B`)}
              ${figure(
                more ? 'bits more in B' : 'bits less in B',
                signed(Math.abs(totals.difference), 1),
                'Summed surprisal of B less that of A',
              )}
              ${figure(
                'other first choices',
                count(totals.otherChoices),
                'Common tokens in whose place another token was expected most',
              )}
            </dl>`
          : nothing
      }
      ${this.strip('A', names[0], a.tokens, compared.differencesA, compared.toB)}
      ${same ? nothing : this.strip('B', names[1], b.tokens, compared.differencesB, compared.toA)}
      <div class="legend">
        ${this.colored ? this.legend() : nothing}
        <div class="only small"><i></i>${this.hatching(same)}</div>
      </div>
      <p class="readout muted small" role="status">${this.readout()}</p>
      <fp-largest-differences
        .compared=${compared}
        .words=${this.words}
        ?numbered=${!this.choose}
        @look=${({ detail }: CustomEvent<TokenPair | null>) => (this.looked = detail)}
        @choose=${({ detail }: CustomEvent<TokenPair>) => this.chosen(detail)}
      ></fp-largest-differences>
    `;
  }

  private get colored(): boolean {
    return isExpectedInBoth(this.compared);
  }

  private legend() {
    const { most } = this.compared;
    return html`<fp-scale-legend
      .colors=${legendColors(this.theme, 'diverging')}
      .marks=${legendMarks('diverging', [-most, most], (value) => signed(value, 1))}
      unit=${this.words.more}
    ></fp-scale-legend>`;
  }

  /** What it means that a token has no colour. */
  private hatching(same: boolean): string {
    if (same) return 'nothing expected';
    const unexpected = this.compared.comparison.pairs.some(({ difference }) => difference === null);
    return unexpected ? 'not in the other text, or nothing expected' : 'not in the other text';
  }

  private strip(
    side: 'A' | 'B',
    name: string,
    tokens: readonly InspectedToken[],
    differences: Float64Array,
    other: Int32Array,
  ) {
    if (tokens.length === 0) return nothing;
    const own = side === 'A' ? 'a' : 'b';
    return html`<h3><b>${this.words[own]}</b> <bdi>${name}</bdi></h3>
      <div class="paper">
        <fp-token-flow
          .tokens=${tokens}
          .tints=${this.tints(own, differences)}
          .position=${side === 'A' && !this.choose ? this.store.position : null}
          .pointed=${this.looked && this.looked[own] >= 0 ? this.looked[own] : null}
          @look=${({ detail: index }: CustomEvent<number | null>) => {
            const at = index === null ? null : other[index]!;
            this.looked =
              index === null || at === null
                ? null
                : own === 'a'
                  ? { a: index, b: at }
                  : { a: at, b: index };
          }}
          @choose=${({ detail: index }: CustomEvent<number>) => {
            this.chosen(
              own === 'a' ? { a: index, b: other[index]! } : { a: other[index]!, b: index },
            );
          }}
        ></fp-token-flow>
      </div>`;
  }

  private chosen({ a, b }: TokenPair): void {
    if (this.choose) this.choose({ a, b });
    else if (a >= 0) void this.store.select(a);
  }

  private painted = new Map<string, { of: Float64Array; theme: Theme; tints: ReturnType<typeof signedTints> }>(); // prettier-ignore

  /** Kept, so that the strips are not painted again when nothing changed. */
  private tints(side: string, differences: Float64Array) {
    const { theme } = this;
    const kept = this.painted.get(side);
    if (kept?.of === differences && kept.theme === theme) return kept.tints;
    const tints = signedTints(theme, differences, this.compared.most);
    this.painted.set(side, { of: differences, theme, tints });
    return tints;
  }

  /** The pointed token in both texts; else what the colours mean. */
  private readout() {
    const { looked, compared } = this;
    if (!looked) {
      if (!this.colored) return 'Point at a token to see its numbers.';
      return compared.comparison.stretches.every(({ kind }) => kind === 'same')
        ? 'Point at a token to see how likely both found it.'
        : 'Point at a token to see both texts’ numbers; colours compare the tokens that both have.';
    }
    const { a, b } = compared;
    const side = (name: string, tokens: readonly InspectedToken[], index: number) => {
      const token = tokens[index];
      if (!token) return html`${name}: not there`;
      if (token.logprob === null) return html`${name}: nothing expected`;
      const top = tokens[index - 1]?.top[0];
      return html`${name}: ${signed(-token.logprob / Math.LN2)} bits, rank
      ${count(token.rank!)}${
        top && top.id !== token.id
          ? html`, expected <bdi class="token">${displayToken(top.text)}</bdi>`
          : nothing
      }`;
    };
    const text = (a.tokens[looked.a] ?? b.tokens[looked.b])?.text ?? '';
    return html`<bdi class="token">${displayToken(text)}</bdi>
      ${side(this.words.a, a.tokens, looked.a)} · ${side(this.words.b, b.tokens, looked.b)}`;
  }
}

function figure(name: string, value: string, meaning: string) {
  return html`<div title=${meaning}>
    <dt>${name}</dt>
    <dd class="number">${value}</dd>
  </div>`;
}
