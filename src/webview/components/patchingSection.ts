import { css, html, nothing } from 'lit';
import { customElement, property, query } from 'lit/decorators.js';
import '@vscode-elements/elements/dist/vscode-button/index.js';
import '@vscode-elements/elements/dist/vscode-progress-bar/index.js';
import type { PatchPlace } from '../../protocol/patching';
import type { Theme } from '../drawing/theme';
import { chosenToken } from '../chosenToken';
import { patchingData } from '../patchingData';
import type { SectionData } from '../sectionData';
import type { PatchingChoice } from '../state/choices/patching';
import type { TokenChoice } from '../state/choices/tokenChoice';
import type { PatchingRun } from '../state/patchingRun';
import { corruptText, PatchingRuns } from '../state/patchingRuns';
import './corruptText';
import type { CorruptText } from './corruptText';
import './patchingView';
import type { PatchingView } from './patchingView';
import './section';
import './segmented';
import type { Segment } from './segmented';
import { PanelSection } from './panelSection';
import { shared } from './styles';
import './tokenField';

const places: readonly Segment[] = [
  {
    value: 'residPre',
    label: 'residPre',
    title: 'The residual stream before a layer, at one position',
  },
  { value: 'attnOut', label: 'attnOut', title: 'What attention writes, at one position' },
  { value: 'mlpOut', label: 'mlpOut', title: 'What the MLP writes, at one position' },
  { value: 'heads', label: 'heads', title: 'What one head computes (z), at all positions' },
];

/** Where an activation of the inspected text puts a corrupted text right. */
@customElement('fp-patching-section')
export class PatchingSection extends PanelSection {
  @property({ attribute: false }) theme!: Theme;
  @query('fp-corrupt-text') private field!: CorruptText;
  @query('fp-patching-view') private view!: PatchingView | null;

  private kept: PatchingRuns | null = null;

  static override styles = [
    shared,
    css`
      .fields {
        display: flex;
        flex-wrap: wrap;
        gap: 6px 12px;
        margin-bottom: 8px;
      }
      .start {
        display: flex;
        flex-wrap: wrap;
        align-items: center;
        gap: 8px 12px;
      }
      fp-segmented {
        flex: 0 1 262px;
      }
      vscode-button {
        flex: none;
      }
    `,
  ];

  private get runs(): PatchingRuns {
    return (this.kept ??= new PatchingRuns(this.store, () => this.requestUpdate()));
  }

  override disconnectedCallback(): void {
    this.kept?.stop();
    super.disconnectedCallback();
  }

  override render() {
    const { store } = this;
    const { result, position } = store;
    if (!result || position === null) return nothing;
    const { patching, folded } = store.choices;
    const isFolded = folded.includes('patching');
    const run = this.runs.current;
    return html`<fp-section
      .store=${store}
      name="patching"
      heading="Patching"
      .data=${run?.begun ? this.data : null}
    >
      <span slot="aside">${run?.status === 'running' ? 'running' : nothing}</span>
      <fp-corrupt-text
        .store=${store}
        @write=${({ detail }: CustomEvent<string | null>) => this.write(detail)}
      ></fp-corrupt-text>
      <div class="fields">
        ${this.tokenField('Target', 'target', 'likeliest after the clean text')}
        ${this.tokenField('Versus', 'versus', 'likeliest after the corrupted')}
      </div>
      <div class="start">
        <fp-segmented
          label="What is patched"
          .segments=${places}
          .value=${patching.at}
          @choose=${({ detail }: CustomEvent<PatchPlace | 'heads'>) => this.set({ at: detail })}
        ></fp-segmented>
        ${this.button(run)}
      </div>
      ${
        run && !isFolded
          ? html`<fp-patching-view
              .run=${run}
              .restored=${run.restored}
              .status=${run.status}
              .layer=${store.choices.layer}
              .column=${patching.at === 'heads' ? store.head.head : position}
              .theme=${this.theme}
              @cell=${(event: CustomEvent<{ row: number; column: number }>) =>
                this.chosen(event.detail.row, event.detail.column)}
              @go=${() => void run.start()}
            ></fp-patching-view>`
          : nothing
      }
    </fp-section>`;
  }

  private button(run: PatchingRun | null) {
    if (run?.status === 'running') {
      return html`<vscode-button secondary @click=${() => run.stop()}>Stop</vscode-button>`;
    }
    if (run?.status === 'done') return nothing;
    return html`<vscode-button @click=${this.start}
      >${run?.begun ? 'Go On' : 'Start'}</vscode-button
    >`;
  }

  private tokenField(label: string, name: 'target' | 'versus', placeholder: string) {
    const { store } = this;
    const choice = store.choices.patching[name];
    const { result } = store;
    const isFolded = store.choices.folded.includes('patching');
    const token =
      choice === null || isFolded || !result
        ? null
        : store.ask('namedToken', {
            model: result.run.model,
            name: chosenToken(choice, result.run.model.folder),
          });
    const last = result?.tokens.at(-1);
    return html`<fp-token-field
      .store=${store}
      label=${label}
      placeholder=${placeholder}
      .value=${choice}
      .token=${token}
      .suggestions=${(last?.top ?? []).map(({ id, text, logprob }) => ({
        id,
        text,
        probability: Math.exp(logprob),
      }))}
      @choose=${({ detail }: CustomEvent<TokenChoice | null>) => this.set({ [name]: detail })}
    ></fp-token-field>`;
  }

  private write(text: string | null): void {
    this.set({ corrupt: text === null ? null : { of: this.store.textKey!, text } });
  }

  private set(change: Partial<PatchingChoice>): void {
    this.store.choose({ patching: { ...this.store.choices.patching, ...change } });
  }

  private readonly start = () => {
    // What is being written counts too.
    if (this.field.text !== corruptText(this.store)) this.write(this.field.text);
    this.runs.start();
  };

  private chosen(row: number, column: number): void {
    const { store } = this;
    if (store.choices.patching.at === 'heads') {
      store.choose({ layer: row, head: column, heads: 'one' });
    } else {
      store.choose({ layer: row });
      void store.select(column);
    }
  }

  private readonly data = (): SectionData | null => {
    const run = this.runs.current;
    if (!run) return null;
    const data = patchingData(run);
    return (
      data && {
        ...data,
        choose: (i) => this.chosen(Math.floor(i / run.columns), i % run.columns),
        picture: () => this.view?.picture() ?? null,
      }
    );
  };
}
