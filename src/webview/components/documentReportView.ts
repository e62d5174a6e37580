import { html, nothing } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import type { LineMeasure } from '../../inspection/surprisingLines';
import type { DocumentReport } from '../../protocol/documentReport';
import type { Theme } from '../drawing/theme';
import { count } from '../format';
import './documentFigures';
import { documentReportStyles } from './documentReportStyles';
import './rankShares';
import './segmented';
import type { Segment } from './segmented';
import { StoreElement } from './storeElement';
import { shared } from './styles';
import './surprisalHistogram';
import './surprisingLines';

const measures: readonly Segment[] = [
  { value: 'bits', label: 'Bits', title: 'Summed surprisal: long lines come first' },
  {
    value: 'bitsPerByte',
    label: 'Bits per byte',
    title: 'Summed surprisal for each byte: short lines can come first too',
  },
];

/** The figures of a document, its ranks and surprisal, and its lines. Fires `choose` with a line's number. */
@customElement('fp-document-report')
export class DocumentReportView extends StoreElement {
  /** One that has figures. */
  @property({ attribute: false }) report!: DocumentReport;
  @property({ attribute: false }) theme!: Theme;

  static override styles = [shared, documentReportStyles];

  override render() {
    const { report } = this;
    const { ranks, histogram, predicted } = report.figures!;
    return html`<div class="parts ${report.status === 'edited' ? 'pending' : ''}">
      <div class="left">
        <fp-document-figures .figures=${report.figures}></fp-document-figures>
        ${
          predicted === 0
            ? nothing
            : html`<div class="shares">
                <div>
                  <h3 title="How many tokens were likelier than the one that came">Rank</h3>
                  <fp-rank-shares .ranks=${ranks} .theme=${this.theme}></fp-rank-shares>
                </div>
                <div>
                  <h3
                    title="Tokens in each bit; the heights grow with the square root, so that few can be seen beside many"
                  >
                    Surprisal <span class="muted">in bits, √ scale</span>
                  </h3>
                  <fp-surprisal-histogram
                    .bins=${histogram}
                    .theme=${this.theme}
                  ></fp-surprisal-histogram>
                </div>
              </div>`
        }
      </div>
      ${predicted === 0 ? nothing : this.surprising(report)}
    </div>`;
  }

  private surprising({ surprising, ordered, lines }: DocumentReport) {
    const { lineOrder } = this.store.choices;
    const value = ({ bits, bytes }: { bits: number; bytes: number }) =>
      lineOrder === 'bits' ? bits : bits / bytes;
    const sorted = [...surprising].sort((a, b) => value(b) - value(a) || a.line - b.line);
    return html`<div>
      <div class="order">
        <h3>Most surprising lines</h3>
        <fp-segmented
          label="Order lines by"
          .segments=${measures}
          .value=${lineOrder}
          @choose=${(event: CustomEvent<LineMeasure>) =>
            this.store.choose({ lineOrder: event.detail })}
        ></fp-segmented>
      </div>
      <fp-surprising-lines
        .lines=${sorted.slice(0, ordered)}
        .by=${lineOrder}
        .theme=${this.theme}
        @choose=${(event: CustomEvent<number>) => this.dispatchEvent(new CustomEvent('choose', { detail: event.detail }))}
      ></fp-surprising-lines>
      ${
        lines > ordered
          ? html`<button class="link small more" @click=${this.showTable}>
              All ${count(lines)} lines as a table
            </button>`
          : nothing
      }
    </div>`;
  }

  private readonly showTable = () => {
    this.store.choose({ tables: [...this.store.choices.tables, 'document'] });
  };
}
