import { css, html } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import { icon } from './icons';
import { StoreElement } from './storeElement';
import { shared } from './styles';

/**
 * A foldable part of the panel, in the look of the sections of a side bar. What is folded is
 * remembered by `name`. Slots: the content; `aside`, what it speaks of, beside the heading.
 */
@customElement('fp-section')
export class Section extends StoreElement {
  @property() name = '';
  @property() heading = '';

  static override styles = [
    shared,
    css`
      :host {
        border-top: 1px solid var(--fp-section-border);
      }
      header {
        display: flex;
        align-items: center;
        min-height: 28px;
        padding-right: calc(var(--fp-pad) - 4px);
      }
      h2 {
        flex: 1;
        min-width: 0;
        font-size: 11px;
        font-weight: 700;
        line-height: 28px;
      }
      .fold {
        display: flex;
        align-items: center;
        gap: 2px;
        width: 100%;
        padding: 0 4px 0 2px;
        border: 0;
        background: none;
        color: var(--vscode-sideBarSectionHeader-foreground, inherit);
        text-align: left;
        text-transform: uppercase;
        letter-spacing: 0.02em;
        font-weight: inherit;
        line-height: inherit;
        cursor: pointer;
      }
      .fold .icon {
        transition: transform 100ms;
        transform: rotate(90deg);
      }
      .fold[aria-expanded='false'] .icon {
        transform: none;
      }
      .aside {
        display: flex;
        align-items: center;
        gap: 6px;
        min-width: 0;
        overflow: hidden;
        text-transform: none;
        letter-spacing: 0;
        font-weight: 400;
        color: var(--fp-muted);
        margin-left: 6px;
      }
      .body {
        padding: 2px var(--fp-pad) 14px;
      }
      @media (prefers-reduced-motion: reduce) {
        .fold .icon {
          transition: none;
        }
      }
    `,
  ];

  private get folded(): boolean {
    return this.store.choices.folded.includes(this.name);
  }

  override render() {
    const { folded } = this;
    return html`
      <header>
        <h2>
          <button
            class="fold"
            aria-expanded=${folded ? 'false' : 'true'}
            aria-controls="body"
            @click=${this.toggle}
          >
            ${icon('chevronRight')}<span>${this.heading}</span
            ><span class="aside"><slot name="aside"></slot></span>
          </button>
        </h2>
      </header>
      <div id="body" class="body" role="region" aria-label=${this.heading} ?hidden=${folded}>
        <slot></slot>
      </div>
    `;
  }

  private readonly toggle = () => {
    const { folded } = this.store.choices;
    this.store.choose({
      folded: this.folded ? folded.filter((name) => name !== this.name) : [...folded, this.name],
    });
  };
}
