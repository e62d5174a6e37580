import '@vscode-elements/elements/dist/vscode-button/index.js';
import { css, html, nothing } from 'lit';
import { customElement, query, state } from 'lit/decorators.js';
import type { InspectedToken, Sampling } from '../../protocol/inspection';
import type { BranchEnd } from '../../protocol/tree';
import { displayToken } from '../../tokenizer/tokenDisplay';
import { branchText } from '../branchText';
import { continuationData } from '../continuationData';
import type { Candidates } from '../distribution';
import { failureSentence } from '../failureSentence';
import { bits, counted } from '../format';
import { isPlain } from '../state/choices/nextToken';
import type { Loadable } from '../state/loader';
import { pathTo, type ContinuationTree, type TreeNode } from '../state/continuationTree';
import { textOf } from '../comparedTexts';
import './continuationTreeView';
import type { ContinuationTreeView } from './continuationTreeView';
import './distributionBars';
import { failedAnswer, failure, failureStyles } from './failure';
import { icon } from './icons';
import './section';
import { PanelSection } from './panelSection';
import { shared } from './styles';

const greedy: Sampling = { temperature: 0, topK: null, topP: 1 };
/** UTF-16 units of the text that are shown before a branch. */
const contextShown = 60;
/** How many more candidates "show more" brings. */
const more = 10;

/** What is being computed, and how to stop it. */
interface Work {
  tree: ContinuationTree;
  abort: AbortController;
  message: string;
}

/** How the text may go on from the current token: a tree that grows as it is asked to. */
@customElement('fp-continue-section')
export class ContinueSection extends PanelSection {
  @state() private work: Work | null = null;
  @state() private failure: string | null = null;
  /** What the last button did. */
  @state() private done = '';
  @state() private extra = 0;
  private shownText = '';
  @query('fp-continuation-tree') private view!: ContinuationTreeView | null;

  static override styles = [
    shared,
    failureStyles,
    css`
      .row {
        display: flex;
        flex-wrap: wrap;
        align-items: center;
        gap: 6px 8px;
      }
      .settings {
        margin: 8px 0 10px;
        gap: 4px 14px;
      }
      label {
        display: inline-flex;
        align-items: center;
        gap: 5px;
        white-space: nowrap;
      }
      label input[type='number'] {
        width: 52px;
      }
      .working {
        flex: 1;
        min-width: 110px;
      }
      .paper {
        max-height: 132px;
        margin-top: 8px;
        padding: 6px 10px;
        overflow-y: auto;
        border: 1px solid var(--fp-border);
        border-radius: 5px;
        background: var(--vscode-editor-background);
        color: var(--vscode-editor-foreground);
        font-family: var(--fp-mono);
        font-size: var(--fp-mono-size);
        line-height: 1.5;
        overflow-wrap: anywhere;
      }
      .paper bdi {
        white-space: pre-wrap;
      }
      .actions {
        margin-top: 4px;
        gap: 2px 4px;
      }
      .actions .tool {
        gap: 4px;
        padding: 0 6px 0 4px;
      }
      .actions .note {
        flex: 1;
        min-width: 100px;
        text-align: right;
      }
      h3 {
        margin: 14px 0 4px;
        font-size: inherit;
        font-weight: 600;
      }
      h3 .muted {
        font-weight: 400;
      }
      .links {
        display: flex;
        justify-content: flex-end;
        gap: 12px;
        margin-top: 6px;
      }
    `,
  ];

  override disconnectedCallback(): void {
    this.work?.abort.abort();
    super.disconnectedCallback();
  }

  override render() {
    const { store } = this;
    const token = store.result?.tokens[store.position ?? -1];
    const tree = store.tree;
    if (!token || !tree) return nothing;
    this.takeWish(tree);
    const folded = store.choices.folded.includes('continue');
    return html`<fp-section
      .store=${store}
      name="continue"
      heading="Continue"
      .data=${() => continuationData(tree, token.index, this.end(tree, token))}
    >
      <span slot="aside">after <bdi class="token">${displayToken(token.text)}</bdi></span>
      ${folded ? nothing : this.content(tree, token)}
    </fp-section>`;
  }

  protected override updated(): void {
    const paper = this.renderRoot.querySelector('.paper');
    const text = paper?.textContent ?? '';
    // A branch is read where it grows.
    if (paper && text !== this.shownText) paper.scrollTop = paper.scrollHeight;
    this.shownText = text;
  }

  private content(tree: ContinuationTree, token: InspectedToken) {
    const node = tree.selected;
    return html`${this.controls(tree)} ${failure(this.failure)}
      <fp-continuation-tree
        .nodes=${tree.nodes()}
        .selected=${node}
        root=${token.text}
        @choose=${({ detail }: CustomEvent<TreeNode>) => this.choose(tree, detail)}
        @fold=${({ detail }: CustomEvent<TreeNode>) => {
          detail.folded = !detail.folded;
          this.store.keepTrees();
        }}
        @remove=${({ detail }: CustomEvent<TreeNode>) => this.removeNode(tree, detail)}
      ></fp-continuation-tree>
      ${node.token ? this.branch(tree, node, token) : nothing} ${this.candidates(tree, node, token)}`;
  }

  private controls(tree: ContinuationTree) {
    const { store, work } = this;
    const { sampling, continueCount, continueSeed, beamWidth } = store.choices;
    const ended = tree.selected.token?.special ?? false;
    return html`<div class="row">
        ${
          work
            ? html`<vscode-button secondary @click=${() => work.abort.abort()}>Stop</vscode-button>
                <span class="working muted small" role="status">${work.message}</span>`
            : html`<vscode-button
                  title="The likeliest token each time"
                  ?disabled=${ended}
                  @click=${() => void this.goOn(tree, greedy)}
                  >Take top</vscode-button
                >
                <vscode-button
                  secondary
                  title="Draw each token from the distribution, as it is set under Next token"
                  ?disabled=${ended}
                  @click=${() => void this.goOn(tree, sampling)}
                  >Sample</vscode-button
                >
                <vscode-button
                  secondary
                  title="Follow the likeliest sequences at once, and keep all that are left at the end"
                  ?disabled=${ended}
                  @click=${() => void this.search(tree)}
                  >Beam search</vscode-button
                >`
        }
      </div>
      <div class="row settings small muted">
        ${field(
          'Tokens',
          'Tokens to add; fewer where the text ends',
          continueCount,
          1,
          500,
          (value) => store.choose({ continueCount: value }),
        )}
        ${field(
          'Beams',
          'Sequences that a beam search follows at once',
          beamWidth,
          1,
          32,
          (value) => store.choose({ beamWidth: value }),
        )}
        ${field(
          'Seed',
          'The same seed draws the same text. It grows by one with each sample, so that the next is another.',
          continueSeed,
          0,
          2 ** 32 - 1,
          (value) => store.choose({ continueSeed: value }),
        )}
        <span title="Set under Next token">${samplingText(sampling)}</span>
      </div>`;
  }

  /** What the branch up to the selected node says, and what can be done with it. */
  private branch(tree: ContinuationTree, node: TreeNode, token: InspectedToken) {
    const path = pathTo(node);
    const { text, whole } = branchText(path);
    const { tokens } = this.store.result!;
    const before = textOf(tokens.slice(0, token.index + 1)).slice(-contextShown);
    const broken = 'These bytes are no whole characters: go on until the last one is complete.';
    const cannot = whole ? '' : broken;
    const said = html`<bdi dir="auto"><span class="muted">${before}</span>${text}</bdi>`;
    return html`<div class="paper" role="group" aria-label="Text of the branch" tabindex="0">
        ${said}
      </div>
      <div class="row actions small">
        <button
          class="tool"
          ?disabled=${!whole || text === ''}
          title=${cannot || 'Copy the text of the branch, without what comes before it'}
          @click=${() => void this.copy(text)}
        >
          ${icon('copy')} Copy
        </button>
        <button
          class="tool"
          ?disabled=${!whole || text === ''}
          title=${cannot || 'Put the text of the branch behind the current token in the document; one undo takes it back'}
          @click=${() => void this.insert(token.index, text)}
        >
          ${icon('insert')} Insert into the document
        </button>
        <button
          class="tool"
          title="Remove this token and all that comes after it (Delete)"
          @click=${() => this.removeNode(tree, node)}
        >
          ${icon('trash')} Remove
        </button>
        <span class="note muted" role="status">${whole ? this.done : broken}</span>
      </div>`;
  }

  private candidates(tree: ContinuationTree, node: TreeNode, token: InspectedToken) {
    const { store } = this;
    const at = displayToken(node.token?.text ?? token.text);
    if (node.token?.special) {
      return html`<h3 class="small"><span class="muted">The text ends here.</span></h3>`;
    }
    // While tokens come one after the other, their candidates would only slow them down.
    if (this.work) return nothing;
    const answer = this.next(node, token);
    if (answer.status === 'failed') return failedAnswer(store, 'nextTokens', answer);
    const end = answer.status === 'ready' ? answer.value : null;
    const next = node.token ? undefined : store.result!.tokens[token.index + 1];
    return html`<h3 class="small">
        Next after <bdi class="token">${at}</bdi>
        ${end ? html`<span class="muted">· entropy ${bits(end.entropy)}</span>` : nothing}
      </h3>
      ${
        end
          ? html`<fp-distribution-bars
                continuable="row"
                .candidates=${asCandidates(end, next)}
                @continue=${({ detail }: CustomEvent<number>) => void this.add(tree, detail)}
              ></fp-distribution-bars>
              <div class="links small">
                ${
                  this.extra > 0
                    ? html`<button class="link" @click=${() => (this.extra = 0)}>
                        Show fewer
                      </button>`
                    : nothing
                }
                <button class="link" @click=${() => (this.extra += more)}>Show more</button>
              </div>`
          : html`<p class="muted small" role="status">Reading what may come next…</p>`
      }`;
  }

  /** What may come after a node. */
  private next(node: TreeNode, { index }: InspectedToken): Loadable<BranchEnd> {
    const { store } = this;
    const topK = (store.state?.settings.topK ?? 10) + this.extra;
    const path = pathTo(node).map(({ id }) => id);
    const { run } = store.result!;
    return store.ask('nextTokens', { run, position: index, path, topK });
  }

  /** The same after the selected node, where it is known and may be asked for. */
  private end({ selected }: ContinuationTree, token: InspectedToken): BranchEnd | null {
    if (this.work || selected.token?.special) return null;
    const answer = this.next(selected, token);
    return answer.status === 'ready' ? answer.value : null;
  }

  private choose(tree: ContinuationTree, node: TreeNode): void {
    tree.select(node);
    this.done = '';
    this.failure = null;
    this.store.keepTrees();
  }

  private removeNode(tree: ContinuationTree, node: TreeNode): void {
    const { parent } = node;
    if (!parent) return;
    if (this.work?.tree === tree) this.work.abort.abort();
    tree.remove(node);
    this.done = '';
    this.store.keepTrees();
    void this.view?.focusNode(parent);
  }

  /** Adds one token after the selected node, and selects it. */
  private async add(tree: ContinuationTree, id: number): Promise<void> {
    const from = tree.selected;
    await this.during(tree, 'Adding the token', async (ask, signal) => {
      const path = [...pathTo(from).map((token) => token.id), id];
      const end = await this.store.request('nextTokens', { ...ask, path, topK: 1 }, signal);
      if (tree.has(from)) tree.select(tree.add(from, end.path.at(-1)!));
    });
  }

  /** Adds tokens after the selected node one by one, and selects the last. */
  private async goOn(tree: ContinuationTree, sampling: Sampling): Promise<void> {
    const { continueCount: count, continueSeed: seed } = this.store.choices;
    if (sampling.temperature > 0) this.store.choose({ continueSeed: (seed + 1) % 2 ** 32 });
    let node = tree.selected;
    await this.during(tree, `Token 1 of ${count}`, async (ask, signal) => {
      for (let drawn = 0; drawn < count; drawn++) {
        this.tell(`Token ${drawn + 1} of ${count}`);
        const path = pathTo(node).map(({ id }) => id);
        const params = { ...ask, path, count: 1, sampling, seed, drawn };
        const { tokens, stop } = await this.store.request('continue', params, signal);
        if (!tree.has(node)) return;
        node = tree.extend(node, tokens);
        tree.select(node);
        if (stop === 'endOfText') return;
      }
    });
  }

  private async search(tree: ContinuationTree): Promise<void> {
    const { beamWidth: width, continueCount: length } = this.store.choices;
    const from = tree.selected;
    const message = `Following ${counted(width, 'sequence')} over ${counted(length, 'token')}`;
    await this.during(tree, message, async (ask, signal) => {
      const path = pathTo(from).map(({ id }) => id);
      const beams = await this.store.request('beam', { ...ask, path, width, length }, signal);
      if (!tree.has(from)) return;
      const ends = beams.map(({ tokens }) => tree.extend(from, tokens));
      if (ends[0]) tree.select(ends[0]);
    });
  }

  /** Does something that takes a while; a failure becomes the section's sentence. */
  private async during(
    tree: ContinuationTree,
    message: string,
    work: (
      ask: { run: { model: { folder: string; threads: number }; ids: number[] }; position: number },
      signal: AbortSignal,
    ) => Promise<void>,
  ): Promise<void> {
    const { result, position } = this.store;
    if (!result || position === null || this.work) return;
    const abort = new AbortController();
    this.work = { tree, abort, message };
    this.failure = null;
    this.done = '';
    // The text on show became another one: nobody waits for this any more.
    const stopWatching = this.store.subscribe(() => {
      if (this.store.result !== result) abort.abort();
    });
    try {
      await work({ run: result.run, position }, abort.signal);
    } catch (error) {
      if (!abort.signal.aborted) this.failure = failureSentence(error);
    } finally {
      stopWatching();
      this.work = null;
      if (this.store.result === result) this.store.keepTrees();
    }
  }

  private tell(message: string): void {
    if (this.work) this.work = { ...this.work, message };
  }

  private async copy(text: string): Promise<void> {
    await this.act('Copied.', () => this.store.request('copyText', { text }));
  }

  private async insert(position: number, text: string): Promise<void> {
    const serial = this.store.state!.inspection!.serial;
    await this.act('Inserted.', () => this.store.request('insertText', { serial, position, text }));
  }

  private async act(done: string, action: () => Promise<unknown>): Promise<void> {
    this.failure = null;
    this.done = '';
    try {
      await action();
      this.done = done;
    } catch (error) {
      this.failure = failureSentence(error);
    }
  }

  /** A token of the section above that the text is to be continued with. */
  private takeWish(tree: ContinuationTree): void {
    const id = this.store.takeContinuationWish();
    if (id === null) return;
    queueMicrotask(() => {
      tree.select(tree.root);
      void this.add(tree, id);
      this.scrollIntoView({ block: 'nearest' });
    });
  }
}

/** A whole number that can be set, within limits. */
function field(
  name: string,
  title: string,
  value: number,
  least: number,
  most: number,
  set: (value: number) => void,
) {
  return html`<label title=${title}
    >${name}
    <input
      type="number"
      min=${least}
      max=${most}
      step="1"
      .value=${String(value)}
      @change=${(event: Event) => {
        const input = event.target as HTMLInputElement;
        const given = Math.round(input.valueAsNumber);
        if (!Number.isNaN(given)) set(Math.max(least, Math.min(most, given)));
        input.value = String(Number.isNaN(given) ? value : Math.max(least, Math.min(most, given)));
      }}
  /></label>`;
}

function samplingText(sampling: Sampling): string {
  if (isPlain(sampling)) return 'samples from the full distribution';
  const { temperature, topK, topP } = sampling;
  if (temperature === 0) return 'samples at temperature 0, greedy';
  const parts = [
    temperature === 1 ? '' : `temperature ${temperature}`,
    topK === null ? '' : `top-k ${topK}`,
    topP === 1 ? '' : `top-p ${topP}`,
  ];
  return `samples with ${parts.filter((part) => part !== '').join(', ')}`;
}

function asCandidates(end: BranchEnd, next: InspectedToken | undefined): Candidates {
  const rows = end.top.map(({ id, text, logit, logprob, probability }, i) => ({
    id,
    text,
    rank: i + 1,
    probability,
    own: probability,
    logprob,
    logit,
    actual: id === next?.id,
  }));
  return { rows, actual: null, kept: null };
}
