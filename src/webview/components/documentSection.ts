import { css, html, nothing } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import '@vscode-elements/elements/dist/vscode-progress-bar/index.js';
import type { DocumentLines, DocumentReport } from '../../protocol/documentReport';
import { documentData } from '../documentData';
import { documentStatus } from '../documentWords';
import type { Theme } from '../drawing/theme';
import { failureSentence } from '../failureSentence';
import type { SectionData } from '../sectionData';
import './documentReportView';
import { failure, failureStyles } from './failure';
import './section';
import { PanelSection } from './panelSection';
import { shared } from './styles';

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
        <p role="status">${status === 'failed' ? nothing : documentStatus(report)}</p>
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
      ${failure(this.failure)}
      ${
        report.figures
          ? html`<fp-document-report
              .store=${this.store}
              .report=${report}
              .theme=${this.theme}
              @choose=${(event: CustomEvent<number>) => void this.reveal(event.detail)}
            ></fp-document-report>`
          : nothing
      }`;
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
