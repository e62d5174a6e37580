import { css, html, nothing } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import type { InspectedToken, RankedToken } from '../../protocol/inspection';
import { bits, count, hex, percent } from '../format';
import { displayToken } from '../../tokenizer/tokenDisplay';
import { StoreElement } from './storeElement';
import { shared } from './styles';

/** All that is known of one token: the one that is pointed at, else the current one. */
@customElement('fp-token-readout')
export class TokenReadout extends StoreElement {
  @property({ attribute: false }) index: number | null = null;

  static override styles = [
    shared,
    css`
      :host {
        container-type: inline-size;
        line-height: 1.5;
      }
      /* Room for what is usually said, so that nothing below moves while tokens are looked at. */
      .card {
        min-height: 92px;
      }
      .title {
        display: flex;
        align-items: baseline;
        gap: 10px;
        min-width: 0;
      }
      .title .token {
        font-size: 1.15em;
        overflow: hidden;
        text-overflow: ellipsis;
      }
      .ids {
        flex: 1;
        min-width: 0;
        overflow: hidden;
        text-overflow: ellipsis;
        white-space: nowrap;
      }
      .hex {
        font-family: var(--fp-mono);
        font-size: 0.92em;
      }
      dl {
        display: grid;
        grid-template-columns: repeat(4, 1fr);
        gap: 2px 12px;
        margin-top: 4px;
      }
      dl > div {
        display: flex;
        flex-direction: column;
        min-width: 0;
      }
      dt {
        font-size: var(--fp-small);
        color: var(--fp-muted);
      }
      dd {
        font-variant-numeric: tabular-nums;
        white-space: nowrap;
      }
      @container (max-width: 330px) {
        .card {
          min-height: 158px;
        }
        dl {
          grid-template-columns: repeat(2, 1fr);
        }
      }
      .instead {
        margin-top: 6px;
      }
      .instead span {
        white-space: nowrap;
      }
    `,
  ];

  override render() {
    const tokens = this.store.result?.tokens;
    const token = tokens?.[this.index ?? -1];
    if (!tokens || !token) return nothing;
    return html`<div class="card">
      <div class="title">
        <bdi class="token">${displayToken(token.text)}</bdi>
        <span class="ids muted small number"
          >token ${token.index} · id ${token.id} ·
          <span class="hex" title="Its bytes in UTF-8">${hex(token.bytes)}</span></span
        >
      </div>
      ${
        token.logprob === null
          ? html`<p class="muted">
              ${
                token.special && token.end === 0
                  ? 'Put in front of the text.'
                  : 'The first token: there was nothing to expect it from.'
              }
            </p>`
          : this.expected(token, tokens[token.index - 1]?.top ?? [])
      }
    </div> `;
  }

  private expected(token: InspectedToken, top: readonly RankedToken[]) {
    const others = top.filter(({ id }) => id !== token.id).slice(0, 3);
    return html`
      <dl>
        ${entry(
          'probability',
          percent(Math.exp(token.logprob!)),
          'That the model gave this token, over the full vocabulary',
        )}
        ${entry('rank', token.rank === null ? '–' : count(token.rank), '1 is the most likely')}
        ${entry('surprisal', bits(-token.logprob!), 'Minus the binary logarithm of the probability')}
        ${entry(
          'entropy',
          token.entropy === null ? '–' : bits(token.entropy),
          'The surprisal that was to be expected before this token was read',
        )}
      </dl>
      ${
        others.length === 0
          ? nothing
          : html`<p class="instead">
              <span class="muted"
                >${token.rank === 1 ? 'the first choice, before' : 'expected instead:'}</span
              >
              ${others.map(
                ({ text, logprob }, i) =>
                  html`${i === 0 ? '' : ', '}<span
                      ><bdi class="token">${displayToken(text)}</bdi>
                      <span class="muted number">${percent(Math.exp(logprob))}</span></span
                    >`,
              )}
            </p>`
      }
    `;
  }
}

function entry(name: string, value: string, meaning: string) {
  return html`<div title=${meaning}>
    <dt>${name}</dt>
    <dd>${value}</dd>
  </div>`;
}
