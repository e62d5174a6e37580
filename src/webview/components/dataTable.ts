import { css, html, LitElement, nothing } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import { count, tableNumber } from '../format';
import type { TableCell } from '../../inspection/csv';
import { shared } from './styles';

/** Rows that are rendered before somebody asks for more. */
const firstRows = 200;
const moreRows = 1000;

/** A plain table, sortable by each column: what is drawn elsewhere, for reading and for hearing. */
@customElement('fp-data-table')
export class DataTable extends LitElement {
  @property() label = '';
  @property({ attribute: false }) columns: readonly string[] = [];
  @property({ attribute: false }) rows: readonly (readonly TableCell[])[] = [];
  /** What choosing a row does; its index is that of `rows`, whatever they are sorted by. */
  @property({ attribute: false }) choose: ((row: number) => void) | null = null;
  @property({ attribute: false }) chosen: number | null = null;
  @state() private sorted: { column: number; descending: boolean } | null = null;
  @state() private shown = firstRows;

  static override styles = [
    shared,
    css`
      .scroll {
        max-height: 420px;
        overflow: auto;
        border: 1px solid var(--fp-border);
        border-radius: 4px;
      }
      table {
        border-collapse: collapse;
        min-width: 100%;
        font-size: var(--fp-small);
      }
      th,
      td {
        padding: 2px 8px;
        text-align: left;
        white-space: nowrap;
        max-width: 40ch;
        overflow: hidden;
        text-overflow: ellipsis;
      }
      td.number,
      th.number {
        text-align: right;
      }
      bdi {
        font-family: var(--fp-mono);
        white-space: pre;
      }
      thead th {
        position: sticky;
        top: 0;
        padding: 0;
        background: var(--fp-surface);
        border-bottom: 1px solid var(--fp-border);
        font-weight: 600;
      }
      th button {
        width: 100%;
        padding: 3px 8px;
        border: 0;
        background: none;
        font-weight: inherit;
        text-align: inherit;
        cursor: pointer;
      }
      tr.choosable {
        cursor: pointer;
      }
      tr[aria-current='true'] {
        background: var(--vscode-list-inactiveSelectionBackground);
        outline: 1px solid var(--vscode-contrastActiveBorder, transparent);
        outline-offset: -1px;
      }
      tbody tr:hover {
        background: var(--vscode-list-hoverBackground);
      }
      .more {
        margin-top: 6px;
      }
    `,
  ];

  override render() {
    const { columns, sorted } = this;
    const rows = this.inOrder();
    const numeric = columns.map((_, column) => this.rows.some((row) => isNumber(row[column])));
    return html`<div class="scroll" tabindex="0" role="region" aria-label=${this.label}>
        <table>
          <thead>
            <tr>
              ${columns.map(
                (name, column) =>
                  html`<th
                    scope="col"
                    class=${numeric[column] ? 'number' : ''}
                    aria-sort=${
                      sorted?.column !== column
                        ? 'none'
                        : sorted.descending
                          ? 'descending'
                          : 'ascending'
                    }
                  >
                    <button @click=${() => this.sort(column, numeric[column]!)}>
                      ${name}${
                        sorted?.column === column ? (sorted.descending ? ' ↓' : ' ↑') : nothing
                      }
                    </button>
                  </th>`,
              )}
            </tr>
          </thead>
          <tbody>
            ${rows.slice(0, this.shown).map((row) => this.row(row, numeric))}
          </tbody>
        </table>
      </div>
      ${
        rows.length > this.shown
          ? html`<button class="link small more" @click=${() => (this.shown += moreRows)}>
              Show more: ${count(this.shown)} of ${count(rows.length)} rows
            </button>`
          : nothing
      }`;
  }

  private row(row: readonly TableCell[], numeric: readonly boolean[]) {
    const { choose } = this;
    const at = choose || this.chosen !== null ? this.rows.indexOf(row) : -1;
    const chosen = at >= 0 && at === this.chosen;
    const pick = choose && (() => choose(at));
    return html`<tr
      class=${choose ? 'choosable' : ''}
      aria-current=${chosen ? 'true' : 'false'}
      @click=${pick}
    >
      ${row.map((cell, column) => {
        if (choose && column === 0) {
          return html`<td><button class="link">${cell ?? '–'}</button></td>`;
        }
        return isNumber(cell)
          ? html`<td class="number" title=${String(cell)}>${tableNumber(cell)}</td>`
          : html`<td class=${numeric[column] ? 'number' : ''} title=${cell ?? ''}>
              <bdi>${cell ?? '–'}</bdi>
            </td>`;
      })}
    </tr>`;
  }

  private inOrder(): readonly (readonly TableCell[])[] {
    const { sorted } = this;
    if (!sorted) return this.rows;
    const sign = sorted.descending ? -1 : 1;
    return [...this.rows].sort((a, b) => sign * compare(a[sorted.column]!, b[sorted.column]!));
  }

  /** Numbers from the largest down at first, words from A; then the other way; then as they came. */
  private sort(column: number, numeric: boolean): void {
    const { sorted } = this;
    if (sorted?.column !== column) this.sorted = { column, descending: numeric };
    else if (sorted.descending === numeric) this.sorted = { column, descending: !numeric };
    else this.sorted = null;
  }
}

function isNumber(cell: TableCell | undefined): cell is number {
  return typeof cell === 'number';
}

/** What is not there comes before everything else. */
function compare(a: TableCell, b: TableCell): number {
  if (isNumber(a) && isNumber(b)) return a - b;
  if (a === null || b === null) return Number(a !== null) - Number(b !== null);
  return String(a).localeCompare(String(b));
}
