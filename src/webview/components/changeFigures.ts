import { css, html, LitElement } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import type { ChangesFigures } from '../../protocol/documentChanges';
import { change, count, counted, tenths } from '../format';
import { shared } from './styles';

const perByteMeaning =
  'Bits over the bytes of the tokens that were expected: texts of different length are compared better by it';

/** What both versions of a text come to, and where the difference is from. */
@customElement('fp-change-figures')
export class ChangeFigures extends LitElement {
  @property({ attribute: false }) figures!: ChangesFigures;

  static override styles = [
    shared,
    css`
      dl {
        display: flex;
        flex-wrap: wrap;
        gap: 6px clamp(12px, 5cqi, 24px);
        margin: 10px 0 6px;
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
      dd {
        font-size: 1.15em;
        line-height: 1.25;
      }
      .parts {
        line-height: 1.5;
      }
      b {
        color: var(--vscode-foreground);
        font-weight: 600;
      }
    `,
  ];

  override render() {
    const { before, after, difference, inHunks, knockOn, hunks } = this.figures;
    const tokens = `${counted(before.tokens, 'token')} before, ${count(after.tokens)} now`;
    if (hunks === 0) {
      return html`<dl>
        ${figure('bits', tenths(after.bits), `Surprisal of all tokens: ${tokens}`)}
        ${figure('bits per byte', perByte(after.bitsPerByte), perByteMeaning)}
      </dl>`;
    }
    return html`<dl>
        ${figure(
          'bits',
          `${tenths(before.bits)} → ${tenths(after.bits)}`,
          `Surprisal of all tokens: ${tokens}`,
        )}
        ${figure(
          difference > 0 ? 'bits more now' : 'bits fewer now',
          tenths(Math.abs(difference)),
          'Bits now, less bits before',
        )}
        ${figure(
          'bits per byte',
          `${perByte(before.bitsPerByte)} → ${perByte(after.bitsPerByte)}`,
          perByteMeaning,
        )}
      </dl>
      <p class="parts small muted number">
        <b>${change(inHunks, 1)}</b> in the changed lines,
        <span
          title="Unchanged tokens are expected from other ones once something before them has changed. In a text longer than the model’s context, they may also be read in other windows."
          ><b>${change(knockOn, 1)}</b> in unchanged text after them (knock-on)</span
        >
      </p>`;
  }
}

function perByte(value: number | null): string {
  return value === null ? '–' : value.toFixed(3);
}

function figure(name: string, value: string, meaning: string) {
  return html`<div title=${meaning}>
    <dt>${name}</dt>
    <dd class="number">${value}</dd>
  </div>`;
}
