import { css, html, nothing } from 'lit';
import { customElement } from 'lit/decorators.js';
import { count, counted, figure } from '../format';
import { exportInspection } from '../export/exportSection';
import { icon } from './icons';
import { StoreElement } from './storeElement';
import { shared } from './styles';

/** Which text, which model, and the text's totals. */
@customElement('fp-header')
export class Header extends StoreElement {
  static override styles = [
    shared,
    css`
      :host {
        display: grid;
        gap: 8px;
        padding: 10px var(--fp-pad) 12px;
      }
      .source {
        font-weight: 600;
        overflow-wrap: anywhere;
      }
      .model {
        margin-top: 2px;
        color: var(--fp-muted);
        overflow-wrap: anywhere;
      }
      .time {
        white-space: nowrap;
      }
      dl {
        display: flex;
        flex-wrap: wrap;
        gap: 6px 22px;
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
        font-size: 1.23em;
        line-height: 1.25;
        font-variant-numeric: tabular-nums;
      }
      :host {
        position: relative;
      }
      .export {
        position: absolute;
        top: 8px;
        right: calc(var(--fp-pad) - 4px);
        color: var(--fp-muted);
      }
      .source {
        padding-right: 28px;
      }
      @container (min-width: 560px) {
        :host {
          grid-template-columns: minmax(0, 1fr) auto auto;
          align-items: center;
        }
        .export {
          position: static;
        }
        .source {
          padding-right: 0;
        }
        .cut {
          grid-column: 1 / -1;
        }
      }
      .cut {
        padding-left: 8px;
        border-left: 2px solid var(--vscode-editorInfo-foreground, var(--fp-accent));
        color: var(--fp-muted);
        line-height: 1.45;
      }
    `,
  ];

  override render() {
    const inspection = this.store.state?.inspection;
    if (!inspection) return nothing;
    const { model, totals, truncated, timing } = inspection.result;
    return html`
      <div>
        <div class="source"><bdi>${inspection.source}</bdi></div>
        <div class="model">
          ${model.name} · ${counted(model.nLayer, 'layer')} × ${counted(model.nHead, 'head')} ·
          <span class="time" title="Time of the forward pass"
            >${count(Math.max(1, timing.forwardMs))} ms</span
          >
        </div>
      </div>
      <dl>
        ${stat(
          totals.tokens === 1 ? 'token' : 'tokens',
          count(totals.tokens),
          `of the ${count(model.nCtx)} that ${model.nCtxTrained > model.nCtx ? 'are read at most' : 'the model can read'}`,
        )}
        ${stat(
          'perplexity',
          totals.perplexity === null ? '–' : figure(totals.perplexity),
          'As if the model had chosen evenly between so many tokens each time: e to the mean surprisal in nats',
        )}
        ${stat(
          'bits/byte',
          totals.bitsPerByte === null ? '–' : figure(totals.bitsPerByte),
          'Surprisal of all tokens but the first, for each byte of theirs in UTF-8',
        )}
      </dl>
      <button
        class="tool export"
        title="Export the whole inspection…"
        aria-label="Export the whole inspection"
        @click=${() => void exportInspection(this.store)}
      >
        ${icon('export')}
      </button>
      ${
        truncated
          ? html`<p class="cut small">
              ${counted(truncated.tokens, 'token')} (${counted(truncated.characters, 'character')})
              before this ${truncated.tokens === 1 ? 'was' : 'were'} left out:
              ${
                model.nCtxTrained > model.nCtx
                  ? html`${count(model.nCtx)} are read at once, by the setting
                    forwardPass.contextLimit.`
                  : html`the model reads ${count(model.nCtx)}.`
              }
            </p>`
          : nothing
      }
    `;
  }
}

function stat(name: string, value: string, meaning: string) {
  return html`<div title=${meaning}>
    <dt>${name}</dt>
    <dd>${value}</dd>
  </div>`;
}
