import { css, html, LitElement, nothing } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import type { DocumentFigures as Figures } from '../../protocol/documentReport';
import { change, count, figure } from '../format';
import { shared } from './styles';

/** What a whole text comes to, as a grid of numbers. */
@customElement('fp-document-figures')
export class DocumentFigures extends LitElement {
  @property({ attribute: false }) figures!: Figures;

  static override styles = [
    shared,
    css`
      dl {
        display: grid;
        grid-template-columns: repeat(3, minmax(0, 1fr));
        gap: 8px 12px;
      }
      @container (min-width: 310px) {
        dl {
          grid-template-columns: repeat(4, minmax(0, 1fr));
        }
      }
      div {
        display: flex;
        flex-direction: column;
        min-width: 0;
      }
      dt {
        order: 2;
        font-size: var(--fp-small);
        color: var(--fp-muted);
        white-space: nowrap;
      }
      dd {
        font-size: 1.23em;
        line-height: 1.25;
        font-variant-numeric: tabular-nums;
        white-space: nowrap;
      }
    `,
  ];

  override render() {
    const {
      tokens,
      predicted,
      bytes,
      characters,
      bits,
      bitsPerByte,
      bitsPerCharacter,
      perplexity,
      meanSurprisalBits,
      meanEntropyBits,
      differenceBits,
    } = this.figures;
    return html`<dl>
      ${stat(
        'perplexity',
        number(perplexity),
        'As if the model had chosen evenly between so many tokens each time: e to the mean surprisal in nats',
      )}
      ${stat(
        'bits/byte',
        number(bitsPerByte),
        `Summed surprisal for each of the ${count(bytes)} bytes (UTF-8) of the predicted tokens: comparable between models with different tokens`,
      )}
      ${stat(
        'bits/char',
        number(bitsPerCharacter),
        `Summed surprisal for each of the ${count(characters)} characters (code points) of the predicted tokens`,
      )}
      ${stat('bits/token', number(meanSurprisalBits), 'Mean surprisal of a token')}
      ${stat(
        tokens === 1 ? 'token' : 'tokens',
        count(tokens),
        `${count(predicted)} of them with an expectation: all figures are of these`,
      )}
      ${stat('bits', count(bits), 'Summed surprisal: what the text would take, compressed with this model')}
      ${stat(
        'entropy',
        number(meanEntropyBits),
        'Mean entropy in bits for each token: the surprisal that the model itself expected',
      )}
      ${
        differenceBits === null
          ? stat('difference', '–', '')
          : stat('difference', change(differenceBits, 2), plainly(differenceBits))
      }
    </dl>`;
  }
}

/** What surprisal less entropy says of a text. */
export function plainly(difference: number): string {
  const meant = 'Surprisal less entropy, in bits for each token';
  const size = Math.abs(difference);
  if (size < 0.05) return `${meant}: the text is about as surprising as the model expected.`;
  const [direction, why] =
    difference > 0
      ? ['more', 'it was too sure of itself, or the text is unlike what it learned']
      : ['less', 'the text is easier than the model thought, as where it repeats itself'];
  return `${meant}: the text is ${size.toFixed(2)} bits a token ${direction} surprising than the model expected; ${why}.`;
}

function number(value: number | null): string {
  return value === null ? '–' : figure(value);
}

function stat(name: string, value: string, meaning: string) {
  return html`<div title=${meaning || nothing}>
    <dt>${name}</dt>
    <dd>${value}</dd>
  </div>`;
}
