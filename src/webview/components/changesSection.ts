import { css, html, nothing } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import { keyed } from 'lit/directives/keyed.js';
import '@vscode-elements/elements/dist/vscode-progress-bar/index.js';
import type { DocumentChanges, DocumentChangesRequests } from '../../protocol/documentChanges';
import { changesTable } from '../changesData';
import { baseNames, changesStatus } from '../changeWords';
import type { Theme } from '../drawing/theme';
import { failureSentence } from '../failureSentence';
import type { SectionData } from '../sectionData';
import { ChangesShown } from '../state/changesShown';
import './changeDetail';
import './changeFigures';
import './changeList';
import { failure, failureStyles, way } from './failure';
import { PanelSection } from './panelSection';
import './section';
import { shared } from './styles';

type Action = DocumentChangesRequests['changesAction']['params']['action'];

/** What the changes of a document did to its bits: in all, hunk by hunk, and token by token. */
@customElement('fp-changes-section')
export class ChangesSection extends PanelSection {
  @property({ attribute: false }) theme!: Theme;
  /** Why the last thing that was asked for was not done. */
  @state() private failure: string | null = null;

  private known: ChangesShown | null = null;
  private serial: number | null = null;

  static override styles = [
    shared,
    failureStyles,
    css`
      :host {
        container-type: inline-size;
      }
      .status {
        display: flex;
        flex-wrap: wrap;
        align-items: baseline;
        gap: 4px 12px;
        line-height: 1.45;
      }
      .status p {
        flex: 1;
        min-width: 12ch;
        overflow-wrap: anywhere;
        color: var(--fp-muted);
      }
      vscode-progress-bar {
        margin: -2px calc(-1 * var(--fp-pad)) 6px;
      }
      .failed {
        margin: 8px 0 4px;
        overflow-wrap: anywhere;
      }
      .pending {
        opacity: 0.55;
      }
      @container (min-width: 820px) {
        .sides {
          display: grid;
          grid-template-columns: minmax(0, 1fr) minmax(0, 1fr);
          gap: 24px;
          max-width: 1456px;
        }
      }
    `,
  ];

  private get changes(): DocumentChanges | null {
    return this.store.state?.changes ?? null;
  }

  private get shown(): ChangesShown {
    return (this.known ??= new ChangesShown(this.store, () => this.requestUpdate()));
  }

  private get folded(): boolean {
    return this.store.choices.folded.includes('changes');
  }

  /** Whoever asks for a comparison sees it, also where the section was folded. */
  override willUpdate(): void {
    const { changes, store, shown } = this;
    const serial = changes?.serial ?? null;
    if (serial !== this.serial) {
      const first = this.serial === null;
      this.serial = serial;
      this.failure = null;
      shown.clear();
      if (changes && !first && this.folded) {
        const folded = store.choices.folded.filter((name) => name !== 'changes');
        queueMicrotask(() => store.choose({ folded }));
      }
    }
    if (changes && !this.folded) shown.update(changes);
  }

  override render() {
    const { store, changes } = this;
    if (!changes) return nothing;
    return html`<fp-section
      .store=${store}
      name="changes"
      heading="Changes"
      .data=${changes.figures && changes.figures.hunks > 0 ? this.data : null}
    >
      <span slot="aside"><bdi>${changes.source}</bdi> since ${baseNames[changes.base]}</span>
      ${this.folded ? nothing : this.content(changes)}
    </fp-section>`;
  }

  private content(changes: DocumentChanges) {
    const { status, figures } = changes;
    return html`${
        status === 'reading'
          ? html`<vscode-progress-bar
              aria-label="Progress"
              .value=${Math.round(changes.fraction * 100)}
            ></vscode-progress-bar>`
          : nothing
      }
      <div class="status small">
        <p role="status">${changesStatus(changes)}</p>
        ${
          status === 'reading' || status === 'edited'
            ? this.action('stop', 'Cancel', 'Ends the reading; what is known stays')
            : status === 'stopped'
              ? this.action('goOn', 'Go on', 'Reads the rest')
              : nothing
        }
        ${this.action('show', 'Show diff', 'Brings the diff editor to the front')}
        ${this.action('close', 'Close', 'Ends the comparison and closes the diff editor')}
      </div>
      ${this.failures(changes)}
      ${
        figures
          ? html`<div class="sides ${status === 'done' ? '' : 'pending'}">
              <div>
                <fp-change-figures .figures=${figures}></fp-change-figures>
                ${figures.hunks > 0 ? this.list(changes) : nothing}
              </div>
              ${this.detail()}
            </div>`
          : nothing
      }`;
  }

  private action(action: Action, label: string, title: string) {
    const act = () => void this.attempt(() => this.store.request('changesAction', { action }));
    return html`<button class="link" title=${title} @click=${act}>${label}</button>`;
  }

  /** What went wrong: with the reading, with what was asked about it, with what was to be done. */
  private failures({ error }: DocumentChanges) {
    const { shown } = this;
    return [
      failure(error, this.action('goOn', 'Try again', 'Reads on from what is known')),
      failure(
        shown.failure,
        way('Try again', () => shown.retry()),
      ),
      failure(this.failure),
    ];
  }

  private list({ serial }: DocumentChanges) {
    const { hunks, chosen, failure } = this.shown;
    if (!hunks) {
      if (failure !== null) return nothing;
      return html`<p class="muted small" role="status">Listing the changes…</p>`;
    }
    const list = html`<fp-change-list
      .store=${this.store}
      .hunks=${hunks.value}
      .chosen=${chosen}
      .theme=${this.theme}
      @choose=${({ detail }: CustomEvent<number>) => this.choose(detail)}
    ></fp-change-list>`;
    return keyed(serial, list);
  }

  /** The tokens of the chosen hunk. */
  private detail() {
    const { hunks, chosen, tokens, failure } = this.shown;
    const hunk = chosen === null ? undefined : hunks?.value[chosen];
    if (!hunk || (!tokens && failure !== null)) return nothing;
    return html`<fp-change-detail
      .store=${this.store}
      .hunk=${hunk}
      .tokens=${tokens}
      .theme=${this.theme}
      @hide=${() => this.look(null)}
      @choose=${({ detail: token }: CustomEvent<number>) =>
        void this.reveal({ version: tokens!.version, token })}
    ></fp-change-detail>`;
  }

  private look(hunk: number | null): void {
    this.shown.choose(hunk);
    this.requestUpdate();
  }

  private choose(hunk: number): void {
    const { hunks } = this.shown;
    if (!hunks) return;
    this.look(hunk);
    void this.reveal({ version: hunks.version, hunk });
  }

  private reveal(place: DocumentChangesRequests['revealChange']['params']): Promise<void> {
    return this.attempt(() => this.store.request('revealChange', place));
  }

  private async attempt(action: () => Promise<unknown>): Promise<void> {
    this.failure = null;
    try {
      await action();
    } catch (error) {
      this.failure = failureSentence(error);
    }
  }

  private readonly data = (): SectionData | null => {
    const { changes } = this;
    const { hunks, chosen } = this.shown;
    if (!changes?.figures || !hunks) return null;
    const { version } = hunks;
    const table = changesTable(changes, changes.figures, hunks.value);
    return {
      ...table,
      of: 'changes',
      choose: (row) => this.choose(row),
      chosen,
      all: async () => ({
        rows: table.rows,
        json: await this.store.request('changesReport', { version }),
      }),
    };
  };
}
