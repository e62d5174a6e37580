import { css, html, nothing } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import { exportSection } from '../export/exportSection';
import type { SectionData } from '../sectionData';
import './dataTable';
import { icon } from './icons';
import { StoreElement } from './storeElement';
import { shared } from './styles';

/**
 * A foldable part of the panel, in the look of the sections of a side bar. What is folded is
 * remembered by `name`. Slots: the content; `aside`, what it speaks of, beside the heading. A section
 * with `data` can be read as a table in place of its content, and be written to a file.
 */
@customElement('fp-section')
export class Section extends StoreElement {
  @property() name = '';
  @property() heading = '';
  /** What the section shows, as data; null while there is nothing. */
  @property({ attribute: false }) data: (() => SectionData | null) | null = null;

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
      .tools {
        display: flex;
        flex: none;
      }
      .tools .tool {
        color: var(--fp-muted);
      }
      .tools .tool[aria-pressed='true'] {
        color: var(--vscode-inputOption-activeForeground, var(--vscode-foreground));
        background: var(--vscode-inputOption-activeBackground);
        border-color: var(--vscode-inputOption-activeBorder, transparent);
      }
      slot[hidden] {
        display: none;
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
        ${this.data && !folded ? this.tools() : nothing}
      </header>
      <div id="body" class="body" role="region" aria-label=${this.heading} ?hidden=${folded}>
        <slot ?hidden=${this.asTable && !folded}></slot>
        ${this.asTable && !folded ? this.table() : nothing}
      </div>
    `;
  }

  private get asTable(): boolean {
    return this.data !== null && this.store.choices.tables.includes(this.name);
  }

  private tools() {
    return html`<div class="tools">
      <button
        class="tool"
        aria-pressed=${this.asTable ? 'true' : 'false'}
        aria-label="${this.heading} as a table"
        title="Show as a table"
        @click=${this.toggleTable}
      >
        ${icon('table')}
      </button>
      <button
        class="tool"
        aria-label="Export ${this.heading}"
        title="Export…"
        @click=${this.export}
      >
        ${icon('export')}
      </button>
    </div>`;
  }

  private table() {
    const data = this.data!();
    return data
      ? html`<fp-data-table
          .label=${this.heading}
          .columns=${data.columns}
          .rows=${data.rows}
          .choose=${data.choose ?? null}
          .chosen=${data.chosen ?? null}
        ></fp-data-table>`
      : html`<p class="muted">Nothing to show yet.</p>`;
  }

  private readonly export = () => {
    const data = this.data?.();
    if (!data) return;
    const { store, heading } = this;
    void store.attempt(() => exportSection(store, heading, data));
  };

  private readonly toggleTable = () => {
    const { tables } = this.store.choices;
    this.store.choose({ tables: toggled(tables, this.name) });
  };

  private readonly toggle = () => {
    this.store.choose({ folded: toggled(this.store.choices.folded, this.name) });
  };
}

function toggled(names: readonly string[], name: string): string[] {
  return names.includes(name) ? names.filter((other) => other !== name) : [...names, name];
}
