import { css, html, LitElement, nothing } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import { headKinds, mostOfKind, type ScoredHead, scoreText, scoreTitle } from '../headKinds';
import { headName } from '../headName';
import { shared } from './styles';

/** How many heads of each kind are named. */
const named = 3;

/** For each kind of head those that are most of it. Fires `choose` with a `HeadPlace`. */
@customElement('fp-head-picks')
export class HeadPicks extends LitElement {
  /** Those whose scores are known. */
  @property({ attribute: false }) heads: readonly ScoredHead[] = [];
  /** What is chosen; without a head, the whole layer. */
  @property({ type: Number }) layer = 0;
  @property({ attribute: false }) head: number | null = null;

  static override styles = [
    shared,
    css`
      :host {
        container-type: inline-size;
      }
      dl {
        display: grid;
        grid-template-columns: max-content repeat(3, max-content);
        gap: 1px 4px;
        margin: 0;
        align-items: baseline;
      }
      dt {
        color: var(--fp-muted);
        font-size: var(--fp-small);
        white-space: nowrap;
        cursor: help;
        grid-column: 1;
        margin-right: 6px;
      }
      /* The heads of all kinds stand below one another. */
      dd {
        display: contents;
      }
      button {
        display: inline-flex;
        align-items: baseline;
        gap: 4px;
        padding: 0 4px;
        border: 1px solid transparent;
        border-radius: 3px;
        background: none;
        font-size: var(--fp-small);
        line-height: 18px;
        white-space: nowrap;
        cursor: pointer;
      }
      button:hover {
        background: var(--vscode-toolbar-hoverBackground);
        outline: 1px dashed var(--vscode-contrastActiveBorder, transparent);
        outline-offset: -1px;
      }
      button b {
        font-weight: 600;
        color: var(--vscode-textLink-foreground);
      }
      /* Each kind stays on one line. */
      @container (max-width: 352px) {
        button:nth-of-type(3) {
          display: none;
        }
      }
      @container (max-width: 262px) {
        button:nth-of-type(2) {
          display: none;
        }
      }
      button[aria-pressed='true'] {
        background: var(--vscode-list-inactiveSelectionBackground);
        border-color: var(--vscode-contrastActiveBorder, transparent);
      }
    `,
  ];

  override render() {
    const { heads } = this;
    return html`<dl>
      ${headKinds.map((kind) => {
        const most = mostOfKind(heads, kind, named);
        return html`<dt title=${scoreTitle(kind.score)}>${kind.name}</dt>
          <dd>
            ${
              most.length === 0
                ? html`<span class="small muted">${heads.length === 0 ? '…' : '–'}</span>`
                : nothing
            }
            ${most.map(
              ({ layer, head, scores }) =>
                html`<button
                  title=${scoreTitle(kind.score)}
                  aria-pressed=${layer === this.layer && head === this.head ? 'true' : 'false'}
                  @click=${() =>
                    this.dispatchEvent(new CustomEvent('choose', { detail: { layer, head } }))}
                >
                  <b>${headName({ layer, head })}</b
                  ><span class="muted number">${scoreText(kind.score, scores[kind.score])}</span>
                </button>`,
            )}
          </dd>`;
      })}
    </dl>`;
  }
}
