import { css, html, LitElement, nothing } from 'lit';
import { customElement, property, query } from 'lit/decorators.js';
import '@vscode-elements/elements/dist/vscode-progress-bar/index.js';
import { displayToken } from '../../tokenizer/tokenDisplay';
import type { CellPlace } from '../drawing/cellMapLayout';
import type { Theme } from '../drawing/theme';
import { counted, percent, signed } from '../format';
import { headName } from '../headName';
import type { PatchingRun, PatchingStatus } from '../state/patchingRun';
import type { Picture } from '../sectionData';
import './cellMap';
import type { CellMap } from './cellMap';
import { failure, failureStyles, way } from './failure';
import { shared } from './styles';

/** A map of patches as it comes. Fires `cell` (a `CellPlace`) and `go`, to go on. */
@customElement('fp-patching-view')
export class PatchingView extends LitElement {
  @property({ attribute: false }) run!: PatchingRun;
  /** Those of the run, by which its changes are seen. */
  @property({ attribute: false }) restored!: Float32Array;
  @property() status: PatchingStatus = 'stopped';
  @property({ type: Number }) layer = 0;
  @property({ attribute: false }) column: number | null = null;
  @property({ attribute: false }) theme!: Theme;
  @query('fp-cell-map') private cells!: CellMap | null;

  picture(): Picture | null {
    return this.cells?.picture() ?? null;
  }

  static override styles = [
    shared,
    failureStyles,
    css`
      :host {
        margin-top: 8px;
      }
      .baseline {
        margin-top: 8px;
        line-height: 1.45;
      }
      vscode-progress-bar {
        display: block;
        margin: 2px 0;
      }
      .failed {
        margin: 8px 0 0;
      }
    `,
  ];

  override render() {
    const { run, status } = this;
    return html`${
      status === 'running'
        ? html`<vscode-progress-bar
            aria-label="Cells patched"
            .value=${Math.round(run.progress * 100)}
          ></vscode-progress-bar>`
        : nothing
    }
    ${failure(
      run.failure,
      way(run.begun ? 'Go on' : 'Try again', () => this.tell('go', null)),
    )}
    ${run.baseline ? this.map() : nothing}`;
  }

  private map() {
    const { run } = this;
    const { target, versus, clean, corrupt, differing } = run.baseline!;
    const { at, result } = run.question;
    const heads = at === 'heads';
    const name = (text: string) => html`<bdi class="token">${displayToken(text)}</bdi>`;
    const n = result.tokens.length;
    return html`<p class="baseline small muted number" role="status">
        Logit of ${name(target.text)} less that of ${name(versus.text)}:
        <b>${signed(clean, 3)}</b> after the clean text, <b>${signed(corrupt, 3)}</b> after the
        corrupted one, which differs in ${differing.length} of ${counted(n, 'token')}. A cell says
        how far the clean ${heads ? 'z of that head, at all positions,' : at} alone restores it.
        ${this.status === 'stopped' ? html`Stopped at ${percent(run.progress)}.` : nothing}
      </p>
      <fp-cell-map
        .rows=${Array.from({ length: run.rows }, (_, layer) => `L${layer}`)}
        .columns=${this.columns()}
        .values=${this.restored}
        scale="diverging"
        .domain=${[-1, 1] as const}
        unit="restored"
        .format=${(value: number) => `${signed(value * 100, 0)}%`}
        .row=${Math.min(this.layer, run.rows - 1)}
        .column=${this.column}
        .theme=${this.theme}
        label="Share of the logit difference that patching ${at} restores: layers down, ${
          heads ? 'heads' : 'tokens'
        } across"
        .describe=${this.describe}
        @choose=${({ detail }: CustomEvent<CellPlace>) => this.tell('cell', detail)}
      ></fp-cell-map>`;
  }

  /** Where the texts differ, both tokens. */
  private columns(): string[] {
    const { question, corrupt, columns } = this.run;
    if (question.at === 'heads') return Array.from({ length: columns }, (_, head) => `H${head}`);
    return question.result.tokens.map(({ id, text }, i) => {
      const other = corrupt?.tokens[i];
      const own = displayToken(text);
      return other && other.id !== id ? `${own} / ${displayToken(other.text)}` : own;
    });
  }

  private readonly describe = ({ row, column }: CellPlace) => {
    const { run } = this;
    const { at, result } = run.question;
    const i = row * run.columns + column;
    const where =
      at === 'heads'
        ? html`${headName({ layer: row, head: column })}`
        : html`L${row} at
            <bdi class="token">${displayToken(result.tokens[column]?.text ?? '')}</bdi>
            (${column})`;
    const value = run.restored[i];
    if (value === undefined || Number.isNaN(value)) {
      return html`${where}: <span class="muted">not there yet</span>`;
    }
    return html`${where}: restores <b class="number">${signed(value * 100, 1)}%</b
      ><span class="muted"> (${signed(run.difference[i]!, 3)})</span>`;
  };

  private tell(event: string, detail: unknown): void {
    this.dispatchEvent(new CustomEvent(event, { detail }));
  }
}
