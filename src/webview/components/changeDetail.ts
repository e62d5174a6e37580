import { css, html, nothing } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import type { ChangedHunk } from '../../protocol/documentChanges';
import { hunkMeaning, hunkName } from '../changeWords';
import type { Theme } from '../drawing/theme';
import type { HunkTokens } from '../state/changesShown';
import './comparisonView';
import { StoreElement } from './storeElement';
import { shared } from './styles';

const words = { a: 'Before', b: 'Now', more: 'bits more now' };

/**
 * The tokens of one hunk in both versions, and those around it. Fires `hide`, and `choose` with a
 * token's index in the text now.
 */
@customElement('fp-change-detail')
export class ChangeDetail extends StoreElement {
  @property({ attribute: false }) hunk!: ChangedHunk;
  /** Null until they are there. */
  @property({ attribute: false }) tokens: HunkTokens | null = null;
  @property({ attribute: false }) theme!: Theme;

  static override styles = [
    shared,
    css`
      :host {
        margin-top: 14px;
      }
      header {
        display: flex;
        align-items: baseline;
        justify-content: space-between;
        gap: 12px;
      }
      h3 {
        margin: 0;
        font-size: var(--fp-small);
        font-weight: 600;
        line-height: 1.4;
      }
      h3 .muted {
        font-weight: 400;
      }
      .sum {
        line-height: 1.45;
        margin-top: 2px;
      }
    `,
  ];

  override render() {
    const { hunk, tokens } = this;
    return html`<header>
        <h3>${hunkName(hunk)} <span class="muted">with what comes around them</span></h3>
        <button class="link small" @click=${() => this.dispatchEvent(new CustomEvent('hide'))}>
          Hide
        </button>
      </header>
      <p class="sum small muted number">${hunkMeaning(hunk)}</p>
      ${
        tokens
          ? html`<fp-comparison-view
                .store=${this.store}
                .theme=${this.theme}
                .compared=${tokens.texts}
                .words=${words}
                .figures=${false}
                .choose=${this.choose}
              ></fp-comparison-view>
              ${
                tokens.cut
                  ? html`<p class="muted small">Only the beginning of this change is shown.</p>`
                  : nothing
              }`
          : html`<p class="muted small" role="status">Fetching the tokens…</p>`
      }`;
  }

  /** What is gone has no place in the text now. */
  private readonly choose = ({ b }: { b: number }) => {
    if (b < 0 || !this.tokens) return;
    this.dispatchEvent(new CustomEvent('choose', { detail: this.tokens.first + b }));
  };
}
