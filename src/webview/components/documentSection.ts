import { css, html, nothing } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import '@vscode-elements/elements/dist/vscode-progress-bar/index.js';
import type { LineMeasure } from '../../inspection/surprisingLines';
import type { DocumentLines, DocumentReport } from '../../protocol/documentReport';
import { documentData } from '../documentData';
import type { Theme } from '../drawing/theme';
import { failureSentence } from '../failureSentence';
import { count, counted } from '../format';
import type { SectionData } from '../sectionData';
import './documentFigures';
import { failure, failureStyles } from './failure';
import './rankShares';
import './section';
import './segmented';
import type { Segment } from './segmented';
import { PanelSection } from './panelSection';
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

/** What a whole document comes to: figures, ranks, surprisal, and the lines that surprise most. */
@customElement('fp-document-section')
export class DocumentSection extends PanelSection {
  @property({ attribute: false }) theme!: Theme;
  @state() private failure: string | null = null;

  private lines: { version: number; lines: DocumentLines } | null = null;
  private loading = false;
  /** Of the version that could not be had. */
  private refused = -1;
  private serial: number | null = null;
  private made: { of: unknown[]; data: SectionData } | null = null;

  static override styles = [
    shared,
    failureStyles,
    css`
      :host {
        container-type: inline-size;
      }
      .status {
        position: relative;
        display: flex;
        align-items: baseline;
        gap: 4px 12px;
        margin-bottom: 10px;
        line-height: 1.45;
      }
      .status p {
        flex: 1;
        min-width: 0;
        overflow-wrap: anywhere;
        color: var(--fp-muted);
      }
      .track {
        position: absolute;
        top: -3px;
        left: calc(-1 * var(--fp-pad));
        right: calc(-1 * var(--fp-pad));
      }
      .source {
        overflow: hidden;
        text-overflow: ellipsis;
        white-space: nowrap;
      }
      .failed {
        margin: 0 0 10px;
        overflow-wrap: anywhere;
      }
      .parts {
        display: grid;
        grid-template-columns: minmax(0, 1fr);
        gap: 14px;
      }
      .left {
        display: grid;
        align-content: start;
        gap: 14px;
      }
      .pending {
        opacity: 0.6;
        transition: opacity 200ms 400ms;
      }
      h3 {
        margin: 0 0 5px;
        font-size: var(--fp-small);
        font-weight: 600;
        line-height: 1.4;
      }
      h3 .muted {
        font-weight: 400;
      }
      .order {
        display: flex;
        flex-wrap: wrap;
        align-items: center;
        justify-content: space-between;
        gap: 4px 12px;
        margin-bottom: 6px;
      }
      .order h3 {
        margin: 0;
      }
      .order fp-segmented {
        container-type: normal;
        flex: none;
      }
      .more {
        margin-top: 6px;
      }
      @container (min-width: 520px) {
        .shares {
          display: grid;
          grid-template-columns: minmax(0, 1fr) minmax(0, 1fr);
          gap: 14px 24px;
        }
      }
      @container (min-width: 820px) {
        .parts {
          grid-template-columns: minmax(0, 1fr) minmax(0, 1fr);
          gap: 24px;
          max-width: 1456px;
        }
      }
      .shares {
        display: grid;
        gap: 14px 24px;
      }
    `,
  ];

  private get report(): DocumentReport | null {
    return this.store.state?.document ?? null;
  }

  /** Whoever asks for the statistics sees them, also where the section was folded. */
  override willUpdate(): void {
    const { report, store } = this;
    if (!report || report.serial === this.serial) return;
    const first = this.serial === null;
    this.serial = report.serial;
    this.failure = null;
    const { folded } = store.choices;
    if (first || !folded.includes('document')) return;
    queueMicrotask(() => store.choose({ folded: folded.filter((name) => name !== 'document') }));
  }

  override render() {
    const { store, report } = this;
    if (!report) return nothing;
    const { folded, tables } = store.choices;
    const asTable = tables.includes('document') && !folded.includes('document');
    if (asTable) void this.load(report);
    return html`<fp-section
      .store=${store}
      name="document"
      heading="Document"
      .data=${report.figures ? () => this.data() : null}
    >
      <bdi slot="aside" class="source" title=${report.source}>${report.source}</bdi>
      ${folded.includes('document') ? nothing : this.content(report)}
    </fp-section>`;
  }

  private content(report: DocumentReport) {
    const { status, error } = report;
    return html`<div class="status small">
        ${this.progress(report)}
        <p role="status">${status === 'failed' ? nothing : statusText(report)}</p>
        ${
          status === 'reading' || status === 'edited'
            ? this.action('stop', 'Cancel', 'Ends the reading; what is known stays')
            : status === 'stopped'
              ? this.action('goOn', 'Go on', 'Reads the rest')
              : nothing
        }
        ${this.action('close', 'Close', 'Ends the statistics')}
      </div>
      ${failure(error, this.action('goOn', 'Try again', 'Reads on from what is known'))}
      ${failure(this.failure)} ${report.figures ? this.parts(report) : nothing}`;
  }

  private progress({ status, fraction, figures }: DocumentReport) {
    if (status !== 'reading') return nothing;
    return html`<vscode-progress-bar
      class="track"
      aria-label="Progress"
      ?indeterminate=${figures === null}
      .value=${figures === null ? undefined : Math.round(fraction * 100)}
    ></vscode-progress-bar>`;
  }

  private action(action: 'stop' | 'goOn' | 'close', label: string, title: string) {
    const act = () => void this.attempt(() => this.store.request('documentReading', { action }));
    return html`<button class="link" title=${title} @click=${act}>${label}</button>`;
  }

  private parts(report: DocumentReport) {
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
        @choose=${(event: CustomEvent<number>) => void this.reveal(event.detail)}
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

  private reveal(line: number): Promise<void> {
    return this.attempt(() => this.store.request('revealLine', { line }));
  }

  private async attempt(action: () => Promise<unknown>): Promise<void> {
    this.failure = null;
    try {
      await action();
    } catch (error) {
      this.failure = failureSentence(error);
    }
  }

  /** The table's lines; those that are at hand until all are there. */
  private data(): SectionData | null {
    const { report, lines } = this;
    if (!report?.figures) return null;
    const of = [report.version, report.fraction, lines];
    if (this.made?.of.every((part, i) => part === of[i]) !== true) {
      const table = documentData(report, lines?.lines ?? null);
      const data: SectionData = {
        ...table,
        of: 'document',
        choose: (row) => void this.reveal(table.rows[row]![0] as number),
        all: async () => documentData(report, await this.store.request('documentLines', null)),
      };
      this.made = { of, data };
    }
    return this.made.data;
  }

  /** Asks for all lines, one time after the other while the document is read. */
  private async load({ version, figures }: DocumentReport): Promise<void> {
    if (!figures || this.loading) return;
    if (version === this.lines?.version || version === this.refused) return;
    this.loading = true;
    try {
      this.lines = { version, lines: await this.store.request('documentLines', null) };
    } catch (error) {
      this.refused = version;
      this.failure = failureSentence(error);
    }
    this.loading = false;
    this.requestUpdate();
  }
}

function statusText({ status, fraction, figures, model, lines }: DocumentReport): string {
  const share = `${Math.floor(fraction * 100)}%`;
  switch (status) {
    case 'reading':
      return figures ? `Reading: ${share}` : 'Cutting the text into tokens';
    case 'edited':
      return 'Edited: reading again';
    case 'stopped':
      return `Stopped at ${share}: these are the figures of what was read.`;
    case 'closed':
      return 'The document was closed: these are the figures of its text as it was.';
    case 'failed':
    case 'done':
      break;
  }
  if (figures?.tokens === 0) return 'There is no text.';
  if (figures?.predicted === 0) {
    return 'One token alone: nothing stands before it that it could be expected from.';
  }
  return `${counted(lines, 'line')}, read by ${model?.name}`;
}
