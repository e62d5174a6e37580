import { css, html, nothing } from 'lit';
import { customElement, property, query, state } from 'lit/decorators.js';
import '@vscode-elements/elements/dist/vscode-button/index.js';
import type { Inspection } from '../../protocol/inspection';
import { comparedTexts, type ComparedTexts, comparisonTable, textOf } from '../comparedTexts';
import type { Theme } from '../drawing/theme';
import type { ComparedWith } from '../state/choices/compare';
import { failureSentence } from '../failureSentence';
import { readingOf } from '../readingOf';
import './comparisonView';
import { failureStyles } from './failure';
import './section';
import './segmented';
import type { Segment } from './segmented';
import { PanelSection } from './panelSection';
import { shared } from './styles';

const kinds: readonly Segment[] = [
  { value: 'text', label: 'Another text', title: 'The inspected text beside an edited one' },
  { value: 'model', label: 'Another model', title: 'The same text as another model sees it' },
];

/** Two texts, or one text under two models, token by token. */
@customElement('fp-compare-section')
export class CompareSection extends PanelSection {
  @property({ attribute: false }) theme!: Theme;
  @state() private kind: 'text' | 'model' | null = null;
  @query('textarea') private field!: HTMLTextAreaElement | null;

  private compared: { b: Inspection; a: Inspection; value: ComparedTexts | string } | null = null;
  /** Of the last wish of a command that was taken up. */
  private wish = 0;

  static override styles = [
    shared,
    failureStyles,
    css`
      textarea {
        display: block;
        width: 100%;
        min-height: 74px;
        max-height: 300px;
        margin: 8px 0;
        padding: 5px 8px;
        resize: vertical;
        border: 1px solid var(--vscode-input-border, var(--vscode-contrastBorder, transparent));
        border-radius: 4px;
        background: var(--vscode-input-background);
        color: var(--vscode-input-foreground);
        font-family: var(--fp-mono);
        font-size: var(--fp-mono-size);
        line-height: 1.5;
      }
      .row {
        display: flex;
        flex-wrap: wrap;
        align-items: center;
        gap: 6px 14px;
      }
      .model {
        margin: 10px 0 8px;
        line-height: 1.45;
      }
      .failed {
        margin: 10px 0 0;
      }
      .waiting {
        margin-top: 10px;
      }
    `,
  ];

  override render() {
    const { store } = this;
    const { result } = store;
    if (!result) return nothing;
    this.takeWish();
    const kind = this.kind ?? (store.comparedWith?.kind === 'model' ? 'model' : 'text');
    return html`<fp-section
      .store=${store}
      name="compare"
      heading="Compare"
      .data=${this.value() === null ? null : this.data}
    >
      <fp-segmented
        label="Compare with"
        .segments=${kinds}
        .value=${kind}
        @choose=${(event: CustomEvent<'text' | 'model'>) => (this.kind = event.detail)}
      ></fp-segmented>
      ${kind === 'text' ? this.textForm(result) : this.modelForm()}
      ${store.choices.folded.includes('compare') ? nothing : this.outcome()}
    </fp-section>`;
  }

  private textForm(result: Inspection) {
    const asked = this.store.comparedWith;
    const text = asked?.kind === 'text' ? asked.text : textOf(result.tokens);
    return html`<textarea
        aria-label="Second text"
        spellcheck="false"
        .value=${text}
        @keydown=${(event: KeyboardEvent) => {
          if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) this.compareText();
        }}
      ></textarea>
      <div class="row">
        <vscode-button @click=${() => this.compareText()}>Compare</vscode-button>
        <button
          class="link small"
          @click=${() => {
            if (this.field) this.field.value = textOf(result.tokens);
          }}
        >
          Begin from the inspected text
        </button>
      </div>`;
  }

  private modelForm() {
    const asked = this.store.comparedWith;
    return html`<p class="model muted small">
        ${
          asked?.kind === 'model'
            ? html`Compared with the model in <bdi>${asked.folder}</bdi>.`
            : 'The text as it is, under another model with the same vocabulary.'
        }
      </p>
      <vscode-button @click=${() => void this.chooseModel()}>Choose Model…</vscode-button>`;
  }

  private outcome() {
    const answer = this.answer();
    const value = this.value();
    if (answer === null) return nothing;
    if (answer.status === 'loading') {
      return html`<p class="waiting muted" role="status">Running the second pass…</p>`;
    }
    if (typeof value === 'string') {
      return html`<p class="failed" role="alert">
        ${value}
        ${
          answer.status === 'failed'
            ? html`<button class="link" @click=${() => this.store.retry('inspect')}>
                Try again
              </button>`
            : nothing
        }
      </p>`;
    }
    return html`<fp-comparison-view
      .store=${this.store}
      .theme=${this.theme}
      .compared=${value}
      .names=${this.names(value!)}
    ></fp-comparison-view>`;
  }

  private names({ a, b }: ComparedTexts): [string, string] {
    const asked = this.store.comparedWith;
    const source = this.store.state?.inspection?.source ?? '';
    return asked?.kind === 'model' ? [a.model.name, b.model.name] : [source, asked?.source ?? ''];
  }

  /** The second inspection; null while none is wished for. */
  private answer() {
    const { store } = this;
    const { result, comparedWith: asked } = store;
    if (!result || !asked) return null;
    const { run, tokens } = result;
    return store.ask('inspect', {
      model: asked.kind === 'model' ? { ...run.model, folder: asked.folder } : run.model,
      text: asked.kind === 'text' ? asked.text : textOf(tokens),
      topK: 3,
      ...readingOf(result),
    });
  }

  /** The comparison, or the sentence why there is none; null while there is neither. */
  private value(): ComparedTexts | string | null {
    if (this.store.choices.folded.includes('compare')) return null;
    const answer = this.answer();
    const a = this.store.result;
    if (answer?.status === 'failed') return answer.message;
    if (answer?.status !== 'ready' || !a) return null;
    const b = answer.value;
    if (this.compared?.a !== a || this.compared.b !== b) {
      this.compared = { a, b, value: attempt(() => comparedTexts(a, b)) };
    }
    return this.compared.value;
  }

  private readonly data = () => {
    const value = this.value();
    return value === null || typeof value === 'string' ? null : comparisonTable(value);
  };

  private compareText(): void {
    this.compareWith({ kind: 'text', text: this.field?.value ?? '', source: 'edited text' });
  }

  private async chooseModel(): Promise<void> {
    await this.store.attempt(async () => {
      const folder = await this.store.request('chooseFolder', null);
      if (folder !== null) this.compareWith({ kind: 'model', folder });
    });
  }

  private compareWith(asked: ComparedWith): void {
    const of = this.store.textKey;
    this.kind = asked.kind;
    if (of !== null) this.store.choose({ comparison: { of, with: asked } });
  }

  /** What the command "Compare Selection" asked for, once. */
  private takeWish(): void {
    const wish = this.store.state?.compareWish;
    if (!wish || wish.serial === this.wish) return;
    this.wish = wish.serial;
    const folded = this.store.choices.folded.filter((name) => name !== 'compare');
    queueMicrotask(() => {
      this.store.choose({ folded });
      this.compareWith({ kind: 'text', text: wish.text, source: wish.source });
      this.scrollIntoView({ block: 'nearest' });
    });
  }
}

function attempt<T>(work: () => T): T | string {
  try {
    return work();
  } catch (error) {
    return failureSentence(error);
  }
}
