import { css, html, LitElement, nothing } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import type { ActiveNeuron, NeuronMeasure, WeighedToken } from '../../protocol/neurons';
import { displayToken } from '../../tokenizer/tokenDisplay';
import { cellColor } from '../drawing/cellScale';
import { cssColor } from '../drawing/color';
import type { Theme } from '../drawing/theme';
import { percent, signed } from '../format';
import { cssProperties } from './cssProperties';
import { icon } from './icons';
import { shared } from './styles';

/**
 * One neuron of a list: its name, its activation as a bar, and the tokens that it promotes and
 * suppresses. Fires `toggle` when it is to be looked at, or no more.
 */
@customElement('fp-neuron-row')
export class NeuronRow extends LitElement {
  @property({ attribute: false }) neuron!: ActiveNeuron;
  @property() by: NeuronMeasure = 'activation';
  /** The ends of the bars' scale, with 0 between or at them. */
  @property({ attribute: false }) domain: readonly [low: number, high: number] = [0, 1];
  @property({ type: Boolean }) open = false;
  @property({ attribute: false }) theme!: Theme;

  static override styles = [
    shared,
    css`
      :host {
        container-type: inline-size;
      }
      button {
        display: grid;
        grid-template-columns: 12px 84px minmax(40px, 1fr) 52px;
        gap: 0 6px;
        align-items: center;
        width: 100%;
        padding: 3px 4px 4px 0;
        border: 0;
        border-radius: 3px;
        background: none;
        text-align: left;
        cursor: pointer;
      }
      button:hover {
        background: var(--vscode-list-hoverBackground);
        outline: 1px dashed var(--vscode-contrastActiveBorder, transparent);
        outline-offset: -1px;
      }
      .icon {
        margin-left: -2px;
        color: var(--fp-muted);
      }
      button[aria-expanded='true'] .icon {
        transform: rotate(90deg);
      }
      .name {
        font-family: var(--fp-mono);
        white-space: nowrap;
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
        inset: 0 auto 0 var(--from);
        width: var(--size);
        min-width: 1px;
        border-radius: 2px;
        background: var(--color);
      }
      .amount {
        text-align: right;
      }
      .tokens {
        grid-column: 2 / -1;
        display: grid;
        grid-template-columns: 12px minmax(0, 1fr);
        column-gap: 4px;
        font-size: var(--fp-small);
        line-height: 1.5;
      }
      .sign {
        color: var(--color);
        font-weight: 700;
        text-align: center;
      }
      .list {
        display: flex;
        gap: 0 10px;
        min-width: 0;
        overflow: hidden;
        mask-image: linear-gradient(to right, black calc(100% - 16px), transparent);
      }
      .list .token {
        flex: none;
        max-width: 18ch;
        overflow: hidden;
        text-overflow: ellipsis;
      }
      @container (min-width: 560px) {
        button {
          grid-template-columns: 12px 84px minmax(60px, 2fr) 52px minmax(0, 5fr);
          gap: 0 8px;
        }
        .tokens {
          grid-column: auto;
        }
      }
    `,
  ];

  override render() {
    const { neuron, open } = this;
    const { name, activation, promotes, suppresses } = neuron;
    const [low, high] = this.domain;
    const value = this.by === 'activation' ? activation : neuron.written;
    const width = high - low || 1;
    const bar = {
      '--from': `${(((Math.min(0, value) - low) / width) * 100).toFixed(2)}%`,
      '--size': `${((Math.abs(value) / width) * 100).toFixed(2)}%`,
      '--color': this.color(activation),
    };
    return html`<button
      aria-expanded=${open ? 'true' : 'false'}
      title=${describe(neuron)}
      @click=${() => this.dispatchEvent(new CustomEvent('toggle'))}
    >
      ${icon('chevronRight')}<span class="name">${name}</span>
      <span class="bar" aria-hidden="true"><span class="fill" ${cssProperties(bar)}></span></span>
      <span class="amount number">${signed(value, 3)}</span>
      <span class="tokens">
        ${this.list('+', 'promotes', promotes)}${this.list('−', 'suppresses', suppresses)}
      </span>
    </button>`;
  }

  private list(sign: '+' | '−', word: string, tokens: readonly WeighedToken[]) {
    if (tokens.length === 0) return nothing;
    const color = this.color(sign === '+' ? 1 : -1);
    return html`<span class="sign" aria-hidden="true" ${cssProperties({ '--color': color })}
        >${sign}</span
      >
      <span class="list"
        ><span class="visually-hidden">${word}</span>${tokens.map(
          ({ text }) => html`<bdi class="token">${displayToken(text)}</bdi>`,
        )}</span
      >`;
  }

  private color(sign: number): string {
    return cssColor(cellColor(this.theme, 'diverging', Math.sign(sign) * 0.8));
  }
}

function describe({ name, activation, written, share }: ActiveNeuron): string {
  return [
    `${name}: activation ${signed(activation, 4)}`,
    `It writes a vector of length ${written.toFixed(4)} into the residual stream: ` +
      `${percent(share)} of all that its layer's neurons write, lengths added up.`,
    activation < 0
      ? 'Its activation is negative: it speaks against what it promotes, and for what it suppresses.'
      : '',
  ]
    .filter((line) => line !== '')
    .join('\n');
}
