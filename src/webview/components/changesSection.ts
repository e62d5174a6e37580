import { css, html, nothing } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import '@vscode-elements/elements/dist/vscode-progress-bar/index.js';
import type {
  ChangedHunk,
  ChangesFigures,
  DocumentChanges,
  DocumentChangesRequests,
} from '../../protocol/documentChanges';
import { baseNames, changesTable, comparedHunk, lineLabel } from '../changesData';
import type { ComparedSide, ComparedTexts } from '../comparedTexts';
import type { Theme } from '../drawing/theme';
import { change, count, counted, signed } from '../format';
import type { SectionData } from '../sectionData';
import './comparisonView';
import './section';
import './segmented';
import type { Segment } from './segmented';
import './signedBars';
import type { SignedBar } from './signedBars';
import { StoreElement } from './storeElement';
import { shared } from './styles';

/** Hunks that are listed at first, and more with each "show more". */
const firstHunks = 12;

type Action = DocumentChangesRequests['changesAction']['params']['action'];

const orders: readonly Segment[] = [
  { value: 'line', label: 'In order', title: 'As they come in the text' },
  { value: 'size', label: 'Largest first', title: 'By how much the bits changed' },
];

const perByteMeaning =
  'Bits over the bytes of the tokens that were expected: texts of different length are compared better by it';

const words = { a: 'Before', b: 'Now', more: 'bits more now' };

/** What the changes of a document did to its bits: in all, hunk by hunk, and token by token. */
@customElement('fp-changes-section')
export class ChangesSection extends StoreElement {
  @property({ attribute: false }) theme!: Theme;
  @state() private listed = firstHunks;
  @state() private order: 'line' | 'size' = 'line';
  /** The hunk whose tokens are shown, and of which version. */
  @state() private chosen: { hunk: number; version: number } | null = null;
  @state() private failure: string | null = null;
  @state() private hunks: { version: number; value: ChangedHunk[] } | null = null;
  @state() private tokens: {
    hunk: number;
    version: number;
    value: ComparedTexts<ComparedSide>;
    first: number;
    cut: boolean;
  } | null = null;

  /** What is asked for or was refused, so that it is not asked for again. */
  private asked = '';
  private serial: number | null = null;

  static override styles = [
    shared,
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
        padding-left: 8px;
        border-left: 2px solid var(--vscode-errorForeground);
        margin: 8px 0 4px;
        line-height: 1.45;
        overflow-wrap: anywhere;
      }
      .pending {
        opacity: 0.55;
      }
      dl {
        display: flex;
        flex-wrap: wrap;
        gap: 6px 24px;
        margin: 10px 0 6px;
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
        font-size: 1.15em;
        line-height: 1.25;
      }
      .parts {
        line-height: 1.5;
      }
      .parts b {
        color: var(--vscode-foreground);
        font-weight: 600;
      }
      .order {
        display: flex;
        flex-wrap: wrap;
        align-items: center;
        justify-content: space-between;
        gap: 4px 12px;
        margin: 12px 0 4px;
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
      .detail {
        margin-top: 14px;
      }
      .detail > header {
        display: flex;
        align-items: baseline;
        justify-content: space-between;
        gap: 12px;
      }
      .detail .sum {
        line-height: 1.45;
        margin-top: 2px;
      }
      fp-segmented {
        width: 140px;
      }
      @container (min-width: 820px) {
        .sides {
          display: grid;
          grid-template-columns: minmax(0, 1fr) minmax(0, 1fr);
          gap: 24px;
          max-width: 1456px;
        }
      }
      .links {
        display: flex;
        gap: 12px;
        margin-top: 4px;
      }
    `,
  ];

  private get changes(): DocumentChanges | null {
    return this.store.state?.changes ?? null;
  }

  /** Whoever asks for a comparison sees it, also where the section was folded. */
  override willUpdate(): void {
    const { changes, store } = this;
    const serial = changes?.serial ?? null;
    if (serial === this.serial) return;
    const first = this.serial === null;
    this.serial = serial;
    this.failure = null;
    this.chosen = null;
    this.listed = firstHunks;
    if (!changes || first || !store.choices.folded.includes('changes')) return;
    const folded = store.choices.folded.filter((name) => name !== 'changes');
    queueMicrotask(() => store.choose({ folded }));
  }

  override render() {
    const { store, changes } = this;
    if (!changes) return nothing;
    const folded = store.choices.folded.includes('changes');
    if (!folded) void this.load(changes);
    return html`<fp-section
      .store=${store}
      name="changes"
      heading="Changes"
      .data=${changes.figures && changes.figures.hunks > 0 ? this.data : null}
    >
      <span slot="aside"><bdi>${changes.source}</bdi> since ${baseNames[changes.base]}</span>
      ${folded ? nothing : this.content(changes)}
    </fp-section>`;
  }

  private content(changes: DocumentChanges) {
    const { status, error, figures } = changes;
    return html`${
        status === 'reading'
          ? html`<vscode-progress-bar
              aria-label="Progress"
              .value=${Math.round(changes.fraction * 100)}
            ></vscode-progress-bar>`
          : nothing
      }
      <div class="status small">
        <p role="status">${statusText(changes)}</p>
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
      ${
        error === null
          ? nothing
          : html`<p class="failed small" role="alert">
              ${error} ${this.action('goOn', 'Try again', 'Reads on from what is known')}
            </p>`
      }
      ${
        this.failure === null
          ? nothing
          : html`<p class="failed small" role="alert">${this.failure}</p>`
      }
      ${
        figures
          ? html`<div class="sides ${status === 'done' ? '' : 'pending'}">
              <div>${this.totals(figures)} ${figures.hunks > 0 ? this.list(changes) : nothing}</div>
              ${this.detail(changes)}
            </div>`
          : nothing
      }`;
  }

  private action(action: Action, label: string, title: string) {
    const act = () => void this.attempt(() => this.store.request('changesAction', { action }));
    return html`<button class="link" title=${title} @click=${act}>${label}</button>`;
  }

  private totals({ before, after, difference, inHunks, knockOn, hunks }: ChangesFigures) {
    const perByte = (value: number | null) => (value === null ? '–' : value.toFixed(3));
    const tokens = `${counted(before.tokens, 'token')} before, ${count(after.tokens)} now`;
    if (hunks === 0) {
      return html`<dl>
        ${figure('bits', signed(after.bits, 1), `Surprisal of all tokens: ${tokens}`)}
        ${figure('bits per byte', perByte(after.bitsPerByte), perByteMeaning)}
      </dl>`;
    }
    return html`<dl>
        ${figure(
          'bits',
          `${signed(before.bits, 1)} → ${signed(after.bits, 1)}`,
          `Surprisal of all tokens: ${tokens}`,
        )}
        ${figure(
          difference > 0 ? 'bits more now' : 'bits fewer now',
          signed(Math.abs(difference), 1),
          'Bits now, less bits before',
        )}
        ${figure(
          'bits per byte',
          `${perByte(before.bitsPerByte)} → ${perByte(after.bitsPerByte)}`,
          perByteMeaning,
        )}
      </dl>
      <p class="parts small muted number">
        <b>${change(inHunks, 1)}</b> in the changed lines,
        <span
          title="Unchanged tokens are expected from other ones once something before them has changed. In a text longer than the model’s context, they may also be read in other windows."
          ><b>${change(knockOn, 1)}</b> in unchanged text after them (knock-on)</span
        >
      </p>`;
  }

  private list(changes: DocumentChanges) {
    const { hunks } = this;
    if (!hunks) return html`<p class="muted small" role="status">Listing the changes…</p>`;
    const indices = hunks.value.map((_, i) => i);
    if (this.order === 'size') {
      const size = (i: number) => Math.abs(hunks.value[i]!.difference);
      indices.sort((a, b) => size(b) - size(a) || a - b);
    }
    const shown = indices.slice(0, this.listed);
    const bars = shown.map((i): SignedBar => {
      const hunk = hunks.value[i]!;
      return {
        name: lineLabel(hunk.linesAfter),
        value: hunk.difference,
        title: hunkTitle(hunk),
        choosable: true,
        chosen: this.chosen?.hunk === i,
        detail: hunk.words,
        aside: hunk.knockOnTokens > 0 ? `knock-on ${change(hunk.knockOn, 1)}` : '',
      };
    });
    return html`<div class="order">
        <h3>
          ${counted(hunks.value.length, 'change')} <span class="muted">by line, in bits</span>
        </h3>
        ${
          hunks.value.length > 2
            ? html`<fp-segmented
                label="Order changes"
                .segments=${orders}
                .value=${this.order}
                @choose=${(event: CustomEvent<'line' | 'size'>) => (this.order = event.detail)}
              ></fp-segmented>`
            : nothing
        }
      </div>
      <fp-signed-bars
        .bars=${bars}
        .domain=${domainOf(hunks.value)}
        .theme=${this.theme}
        .digits=${1}
        @choose=${({ detail: i }: CustomEvent<number>) => this.choose(changes, shown[i]!)}
      ></fp-signed-bars>
      <div class="links small">
        ${
          this.listed < hunks.value.length
            ? html`<button class="link" @click=${() => (this.listed *= 3)}>
                Show more of ${count(hunks.value.length)}
              </button>`
            : nothing
        }
        ${
          this.listed > firstHunks
            ? html`<button class="link" @click=${() => (this.listed = firstHunks)}>
                Show fewer
              </button>`
            : nothing
        }
      </div>`;
  }

  /** The tokens of the chosen hunk. */
  private detail({ figures }: DocumentChanges) {
    const { chosen, hunks, tokens } = this;
    const hunk = chosen && hunks?.value[chosen.hunk];
    if (!figures || !chosen || !hunk) return nothing;
    const there = tokens?.hunk === chosen.hunk && tokens.version === hunks.version ? tokens : null;
    return html`<div class="detail">
      <header>
        <h3>${hunkName(hunk)} <span class="muted">with what comes around them</span></h3>
        <button class="link small" @click=${() => (this.chosen = null)}>Hide</button>
      </header>
      <p class="sum small muted number">${hunkTitle(hunk)}</p>
      ${there ? this.comparison(there) : html`<p class="muted small" role="status">Fetching the tokens…</p>`}
    </div>`;
  }

  private comparison({ value, first, cut, version }: NonNullable<typeof this.tokens>) {
    return html`<fp-comparison-view
        .store=${this.store}
        .theme=${this.theme}
        .compared=${value}
        .words=${words}
        .figures=${false}
        .choose=${({ b }: { b: number }) => {
          if (b >= 0) void this.reveal({ version, token: first + b });
        }}
      ></fp-comparison-view>
      ${cut ? html`<p class="muted small">Only the beginning of this change is shown.</p>` : nothing}`;
  }

  private choose({ version }: DocumentChanges, hunk: number): void {
    this.chosen = { hunk, version };
    void this.reveal({ version, hunk });
  }

  private reveal(place: DocumentChangesRequests['revealChange']['params']): Promise<void> {
    return this.attempt(() => this.store.request('revealChange', place));
  }

  private async attempt(action: () => Promise<unknown>): Promise<void> {
    this.failure = null;
    try {
      await action();
    } catch (error) {
      this.failure = error instanceof Error ? error.message : String(error);
    }
  }

  private readonly data = (): SectionData | null => {
    const { changes, hunks } = this;
    if (!changes?.figures || !hunks) return null;
    const table = changesTable(changes, changes.figures, hunks.value);
    return {
      ...table,
      of: 'changes',
      choose: (row) => this.choose(changes, row),
      chosen: this.chosen?.hunk ?? null,
      all: async () => ({
        rows: table.rows,
        json: await this.store.request('changesReport', { version: hunks.version }),
      }),
    };
  };

  /** Asks for the hunks, then for the tokens of the chosen one, each once. */
  private async load({ version, figures }: DocumentChanges): Promise<void> {
    if (!figures) return;
    const { chosen } = this;
    const needHunks = this.hunks?.version !== version;
    const needTokens =
      chosen !== null && (this.tokens?.hunk !== chosen.hunk || this.tokens.version !== version);
    if (!needHunks && (!needTokens || chosen.hunk >= figures.hunks)) return;
    const key = needHunks ? `${version}` : `${version}/${chosen!.hunk}`;
    if (key === this.asked) return;
    this.asked = key;
    await this.attempt(async () => {
      if (needHunks) {
        const value = await this.store.request('changedHunks', { version });
        if (this.changes?.version !== version) return;
        this.chosen = followed(this.chosen, this.hunks?.value, value, version);
        this.hunks = { version, value };
        return;
      }
      const { hunk } = chosen!;
      const value = await this.store.request('changedTokens', { version, hunk });
      if (this.changes?.version !== version) return;
      const cut = value.before.cut || value.after.cut;
      const { first } = value.after;
      this.tokens = { hunk, version, value: comparedHunk(figures.model, value), first, cut };
    });
    this.requestUpdate();
  }
}

function statusText({ status, fraction, figures, base }: DocumentChanges): string {
  const share = `${Math.floor(fraction * 100)}%`;
  switch (status) {
    case 'reading':
      return `Reading both versions: ${share}`;
    case 'edited':
      return 'Edited: reading again';
    case 'stopped':
      return figures ? 'Stopped: this is of before the last edit.' : `Stopped at ${share}.`;
    case 'failed':
      return '';
    case 'done':
      return figures?.hunks === 0
        ? `The text is the same as ${base === 'head' ? 'in HEAD' : base === 'saved' ? 'in the saved file' : 'in the clipboard'}.`
        : `Read by ${figures?.model.name}`;
  }
}

/** "Line 3", "Lines 3–4 → 5", "Line 7, put in" */
function hunkName({ linesBefore, linesAfter }: ChangedHunk): string {
  const named = (lines: ChangedHunk['linesAfter']) =>
    `Line${lines.count === 1 ? '' : 's'} ${lineLabel(lines)}`;
  if (linesBefore.count === 0) return `${named(linesAfter)}, put in`;
  if (linesAfter.count === 0) return `${named(linesBefore)}, taken out`;
  const [before, after] = [lineLabel(linesBefore), lineLabel(linesAfter)];
  return before === after ? named(linesAfter) : `${named(linesBefore)} → ${after}`;
}

function hunkTitle(hunk: ChangedHunk): string {
  const own = `${signed(hunk.bitsBefore, 1)} → ${signed(hunk.bitsAfter, 1)} bits in ${counted(hunk.tokensBefore, 'token')} before and ${count(hunk.tokensAfter)} now`;
  if (hunk.knockOnTokens === 0) return own;
  return `${own}; ${change(hunk.knockOn, 1)} in the ${counted(hunk.knockOnTokens, 'unchanged token')} up to the next change`;
}

/** The chosen hunk in the hunks of a later version: the text before is still the same. */
function followed(
  chosen: { hunk: number } | null,
  old: readonly ChangedHunk[] | undefined,
  hunks: readonly ChangedHunk[],
  version: number,
): { hunk: number; version: number } | null {
  const line = chosen && old?.[chosen.hunk]?.linesBefore.line;
  const hunk = hunks.findIndex(({ linesBefore }) => linesBefore.line === line);
  return hunk >= 0 ? { hunk, version } : null;
}

/** From the least to the most, zero included; a little room beside a zero that is an end. */
function domainOf(hunks: readonly ChangedHunk[]): [number, number] {
  let [low, high] = [0, 0];
  for (const { difference } of hunks) {
    low = Math.min(low, difference);
    high = Math.max(high, difference);
  }
  const room = Math.max((high - low) * 0.06, 0.1);
  return [Math.min(low, -room), Math.max(high, room)];
}

function figure(name: string, value: string, meaning: string) {
  return html`<div title=${meaning}>
    <dt>${name}</dt>
    <dd class="number">${value}</dd>
  </div>`;
}
