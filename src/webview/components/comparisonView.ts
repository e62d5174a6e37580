import { css, html, nothing } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import type { InspectedToken } from '../../protocol/inspection';
import { displayToken } from '../../tokenizer/tokenDisplay';
import type { ComparedSide, ComparedTexts } from '../comparedTexts';
import { cellColor } from '../drawing/cellScale';
import { cssColor } from '../drawing/color';
import { signedTints } from '../drawing/signedTints';
import type { Theme } from '../drawing/theme';
import { count, signed } from '../format';
import './scaleLegend';
import { StoreElement } from './storeElement';
import { shared } from './styles';
import './tokenFlow';

/** How many of the largest differences are listed. */
const listed = 8;

/** A comparison: totals, both texts coloured by the difference, and where it is largest. */
@customElement('fp-comparison-view')
export class ComparisonView extends StoreElement {
  @property({ attribute: false }) theme!: Theme;
  @property({ attribute: false }) compared!: ComparedTexts<ComparedSide>;
  /** What the two sides are called. */
  @property({ attribute: false }) names: [string, string] = ['', ''];
  @property({ attribute: false }) words = { a: 'A', b: 'B', more: 'bits more in B' };
  /** What choosing a token does, by its indexes (-1 for none on that side); by default, it becomes the current one. */
  @property({ attribute: false }) choose: ((place: { a: number; b: number }) => void) | null = null;
  /** The figures of both texts as wholes. */
  @property({ attribute: false }) figures = true;
  /** The token of `a` and of `b` that is pointed at; -1 for none on that side. */
  @state() private looked: { a: number; b: number } | null = null;

  static override styles = [
    shared,
    css`
      dl {
        display: flex;
        flex-wrap: wrap;
        gap: 6px 24px;
        margin: 14px 0 10px;
      }
      dl > div {
        display: flex;
        flex-direction: column;
      }
      dt {
        order: 2;
        font-size: var(--fp-small);
        color: var(--fp-muted);
      }
      dl .number {
        text-align: left;
        font-size: 1.15em;
        line-height: 1.25;
      }
      h3 {
        margin: 8px 0 3px;
        font-size: var(--fp-small);
        font-weight: 600;
        color: var(--fp-muted);
        overflow-wrap: anywhere;
      }
      h3 b {
        color: var(--vscode-foreground);
      }
      .paper {
        padding: 2px 10px 4px;
        max-height: 260px;
        overflow-y: auto;
        border: 1px solid var(--fp-border);
        border-radius: 5px;
        background: var(--vscode-editor-background);
        color: var(--vscode-editor-foreground);
      }
      .legend {
        display: flex;
        flex-wrap: wrap;
        gap: 4px 20px;
        margin: 8px 0 6px;
      }
      fp-scale-legend {
        flex: 1 1 230px;
        max-width: 360px;
      }
      .only {
        display: flex;
        gap: 6px;
        align-items: center;
        height: 11px;
        color: var(--fp-muted);
      }
      .only i {
        width: 14px;
        height: 10px;
        background: repeating-linear-gradient(-45deg, var(--fp-hatch) 0 1px, transparent 1px 4px);
      }
      .readout {
        min-height: 2.9em;
        line-height: 1.45;
      }
      ol {
        list-style: none;
        display: grid;
        grid-template-columns: minmax(60px, max-content) repeat(2, max-content) 1fr;
        column-gap: 14px;
        margin-top: 4px;
      }
      li,
      li button {
        display: grid;
        grid-column: 1 / -1;
        grid-template-columns: subgrid;
        align-items: center;
        width: 100%;
      }
      li button {
        padding: 2px 4px;
        border: 0;
        border-radius: 3px;
        background: none;
        text-align: left;
        cursor: pointer;
      }
      li button:hover {
        background: var(--vscode-list-hoverBackground);
        outline: 1px dashed var(--vscode-contrastActiveBorder, transparent);
        outline-offset: -1px;
      }
      .head {
        padding: 0 4px;
        color: var(--fp-muted);
        font-size: var(--fp-small);
      }
      .number {
        text-align: right;
      }
      .name {
        overflow: hidden;
        text-overflow: ellipsis;
        white-space: nowrap;
        max-width: 26ch;
      }
      .choices {
        overflow: hidden;
        text-overflow: ellipsis;
        white-space: nowrap;
        color: var(--fp-muted);
        font-size: var(--fp-small);
      }
    `,
  ];

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
      ${this.largest()}
    `;
  }

  /** Some token is in both texts, and expected in both. */
  private get colored(): boolean {
    return this.compared.comparison.pairs.some(({ difference }) => difference !== null);
  }

  private legend() {
    const { most } = this.compared;
    return html`<fp-scale-legend
      .colors=${this.ramp()}
      .marks=${[
        { at: 0, label: signed(-most, 1) },
        { at: 0.5, label: '0' },
        { at: 1, label: signed(most, 1) },
      ]}
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

  private chosen({ a, b }: { a: number; b: number }): void {
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

  private ramp(): string[] {
    return Array.from({ length: 33 }, (_, i) =>
      cssColor(cellColor(this.theme, 'diverging', i / 16 - 1)),
    );
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

  private largest() {
    const { a, b, comparison } = this.compared;
    const rows = comparison.pairs
      .filter(({ difference }) => difference !== null && Math.abs(difference) >= 0.005)
      .sort((x, y) => Math.abs(y.difference!) - Math.abs(x.difference!))
      .slice(0, listed);
    if (rows.length === 0) {
      if (!this.colored) return nothing;
      return html`<p class="muted small">No token that both have was expected differently.</p>`;
    }
    return html`<ol aria-label="Largest differences">
      <li class="head" aria-hidden="true">
        <span>largest differences</span><span class="number">${this.words.a} → ${this.words.b}</span
        ><span class="number">bits</span><span>expected</span>
      </li>
      ${rows.map((pair) => {
        const [choiceA, choiceB] = [a.tokens[pair.a - 1]?.top[0], b.tokens[pair.b - 1]?.top[0]];
        return html`<li>
          <button
            title="Show this token"
            @click=${() => this.chosen(pair)}
            @pointerenter=${() => (this.looked = { a: pair.a, b: pair.b })}
            @pointerleave=${() => (this.looked = null)}
          >
            <span class="name"
              ><bdi class="token">${displayToken(a.tokens[pair.a]!.text)}</bdi>
              ${this.choose ? nothing : html`<span class="muted number small">(${pair.a})</span>`}</span
            >
            <span class="number">${signed(pair.bitsA!)} → ${signed(pair.bitsB!)}</span>
            <span class="number"
              >${pair.difference! > 0 ? '+' : ''}${signed(pair.difference!)}</span
            >
            <span class="choices"
              ><bdi class="token">${displayToken(choiceA?.text ?? '')}</bdi>${
                pair.otherChoice
                  ? html` → <bdi class="token">${displayToken(choiceB?.text ?? '')}</bdi>`
                  : nothing
              }</span
            >
          </button>
        </li>`;
      })}
    </ol>`;
  }
}

function figure(name: string, value: string, meaning: string) {
  return html`<div title=${meaning}>
    <dt>${name}</dt>
    <dd class="number">${value}</dd>
  </div>`;
}
