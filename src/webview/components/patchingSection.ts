import { css, html, nothing } from 'lit';
import { customElement, property, query } from 'lit/decorators.js';
import '@vscode-elements/elements/dist/vscode-button/index.js';
import '@vscode-elements/elements/dist/vscode-progress-bar/index.js';
import type { Inspection } from '../../protocol/inspection';
import type { PatchPlace } from '../../protocol/patching';
import type { TokenName } from '../../protocol/token';
import { displayToken } from '../../tokenizer/tokenDisplay';
import { textOf } from '../comparedTexts';
import type { Theme } from '../drawing/theme';
import { patchingData } from '../patchingData';
import type { SectionData } from '../sectionData';
import type { PatchingChoice } from '../state/choices/patching';
import type { TokenChoice } from '../state/choices/tokenChoice';
import { PatchingRun } from '../state/patchingRun';
import { withToken } from '../withToken';
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

/** Maps that are kept: of other texts, tokens or activations. */
const runsKept = 12;

/** Where an activation of the inspected text puts a corrupted text right. */
@customElement('fp-patching-section')
export class PatchingSection extends PanelSection {
  @property({ attribute: false }) theme!: Theme;
  @query('textarea') private field!: HTMLTextAreaElement;
  @query('#word') private word!: HTMLInputElement;
  @query('fp-patching-view') private view!: PatchingView | null;

  private shown: Inspection | null = null;
  private readonly runs = new Map<string, PatchingRun>();

  static override styles = [
    shared,
    css`
      .name {
        display: block;
        margin-bottom: 2px;
        color: var(--fp-muted);
        font-size: var(--fp-small);
      }
      textarea {
        display: block;
        width: 100%;
        min-height: 52px;
        max-height: 240px;
        padding: 4px 8px;
        resize: vertical;
        border: 1px solid var(--vscode-input-border, var(--vscode-contrastBorder, transparent));
        border-radius: 3px;
        background: var(--vscode-input-background);
        color: var(--vscode-input-foreground);
        font-family: var(--fp-mono);
        font-size: 12px;
        line-height: 1.5;
      }
      form {
        display: flex;
        flex-wrap: wrap;
        align-items: center;
        gap: 4px 8px;
        margin: 5px 0 9px;
        font-size: var(--fp-small);
      }
      form bdi {
        max-width: 16ch;
        overflow: hidden;
        text-overflow: ellipsis;
      }
      #word {
        width: 110px;
        height: 20px;
        padding: 0 6px;
        border: 1px solid var(--vscode-input-border, var(--vscode-contrastBorder, transparent));
        border-radius: 3px;
        background: var(--vscode-input-background);
        color: var(--vscode-input-foreground);
        font-family: var(--fp-mono);
        font-size: 12px;
      }
      .apart {
        margin-left: auto;
      }
      /* Keeps its room: what is below must not move under the pointer when writing ends. */
      .absent {
        visibility: hidden;
      }
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

  override disconnectedCallback(): void {
    for (const run of this.runs.values()) run.stop();
    super.disconnectedCallback();
  }

  override render() {
    const { store } = this;
    const { result, position } = store;
    if (!result || position === null) return nothing;
    this.follow(result);
    const { patching, folded } = store.choices;
    const isFolded = folded.includes('patching');
    const run = this.runs.get(this.key()) ?? null;
    const token = result.tokens[position];
    const compared = store.comparedWith;
    return html`<fp-section
      .store=${store}
      name="patching"
      heading="Patching"
      .data=${run?.begun ? this.data : null}
    >
      <span slot="aside">${run?.status === 'running' ? 'running' : nothing}</span>
      <label class="name" for="corrupt"
        >Corrupted text: the inspected one with something else in it, of as many tokens</label
      >
      <textarea
        id="corrupt"
        spellcheck="false"
        .value=${this.corruptText()}
        @change=${() => this.write(this.field.value)}
      ></textarea>
      <form @submit=${this.replace}>
        <label for="word">Put</label>
        <input id="word" type="text" spellcheck="false" autocomplete="off" placeholder="a word" />
        <span>for <bdi class="token">${displayToken(token?.text ?? '')}</bdi> (${position})</span>
        <button class="link" type="submit">Replace</button>
        <button
          class="link apart ${this.corruptText() === textOf(result.tokens) ? 'absent' : ''}"
          type="button"
          @click=${() => this.set({ corrupt: null })}
        >
          Back to the inspected text
        </button>
        ${
          compared?.kind === 'text' && compared.text !== this.corruptText()
            ? html`<button
                class="link"
                type="button"
                title="The text that the inspected one was last compared with"
                @click=${() => this.write(compared.text)}
              >
                Take the compared text
              </button>`
            : nothing
        }
      </form>
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
        : store.ask('namedToken', { model: result.run.model, name: tokenName(choice) });
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

  /** The text of the field: what was written for this inspection, else the inspected text. */
  private corruptText(): string {
    const { inspection } = this.store.state!;
    const written = this.store.choices.patching.corrupt;
    return written?.serial === inspection?.serial && written
      ? written.text
      : textOf(this.store.result!.tokens);
  }

  private write(text: string): void {
    const { serial } = this.store.state!.inspection!;
    this.set({ corrupt: { serial, text } });
  }

  private set(change: Partial<PatchingChoice>): void {
    this.store.choose({ patching: { ...this.store.choices.patching, ...change } });
  }

  private readonly replace = (event: Event) => {
    event.preventDefault();
    const { result, position } = this.store;
    const word = this.word.value;
    if (word === '') this.word.focus();
    else if (result && position !== null) this.write(withToken(result.tokens, position, word));
  };

  /** Maps of another inspection are of no use. */
  private follow(result: Inspection): void {
    if (this.shown === result) return;
    this.shown = result;
    for (const run of this.runs.values()) run.stop();
    this.runs.clear();
  }

  private key(): string {
    const { target, versus, at } = this.store.choices.patching;
    return JSON.stringify([this.corruptText(), target, versus, at]);
  }

  private readonly start = () => {
    // One at a time: the engine does one thing after the other.
    for (const other of this.runs.values()) other.stop();
    // What is being written counts too.
    if (this.field.value !== this.corruptText()) this.write(this.field.value);
    const key = this.key();
    let run = this.runs.get(key);
    if (!run) {
      const { target, versus, at } = this.store.choices.patching;
      const name = (choice: TokenChoice | null) => choice && String(tokenName(choice));
      const question = {
        result: this.store.result!,
        corruptText: this.corruptText(),
        target: name(target),
        versus: name(versus),
        at,
      };
      run = new PatchingRun(
        question,
        (method, params, signal) => this.store.request(method, params, signal),
        () => this.requestUpdate(),
      );
      this.runs.set(key, run);
      for (const oldest of this.runs.keys()) {
        if (this.runs.size <= runsKept) break;
        this.runs.delete(oldest);
      }
    }
    void run.start();
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
    const run = this.runs.get(this.key());
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

function tokenName({ id, text }: TokenChoice): TokenName {
  return id ?? text;
}
