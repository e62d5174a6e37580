import { css, html, nothing } from 'lit';
import { customElement, query, state } from 'lit/decorators.js';
import type { InspectedToken, Sampling } from '../../protocol/inspection';
import type { BranchEnd } from '../../protocol/tree';
import { displayToken } from '../../tokenizer/tokenDisplay';
import { branchCandidates } from '../branchCandidates';
import { continuationData } from '../continuationData';
import { failureSentence } from '../failureSentence';
import { bits } from '../format';
import type { Loadable } from '../state/loader';
import { pathTo, type ContinuationTree, type TreeNode } from '../state/continuationTree';
import { TreeGrowth } from '../state/treeGrowth';
import { textOf } from '../comparedTexts';
import './branchView';
import './continuationTreeView';
import type { ContinuationTreeView } from './continuationTreeView';
import './continueControls';
import './distributionBars';
import { failedAnswer, failure, failureStyles } from './failure';
import './section';
import { PanelSection } from './panelSection';
import { shared } from './styles';

const greedy: Sampling = { temperature: 0, topK: null, topP: 1 };
/** How many more candidates "show more" brings. */
const more = 10;

/** How the text may go on from the current token: a tree that grows as it is asked to. */
@customElement('fp-continue-section')
export class ContinueSection extends PanelSection {
  @state() private failure: string | null = null;
  /** What the last button did. */
  @state() private done = '';
  @state() private extra = 0;
  private growing: TreeGrowth | null = null;
  @query('fp-continuation-tree') private view!: ContinuationTreeView | null;

  static override styles = [
    shared,
    failureStyles,
    css`
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

  private get growth(): TreeGrowth {
    return (this.growing ??= new TreeGrowth(this.store, () => this.requestUpdate()));
  }

  override disconnectedCallback(): void {
    this.growing?.stop();
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

  private content(tree: ContinuationTree, token: InspectedToken) {
    const node = tree.selected;
    const { growth } = this;
    return html`<fp-continue-controls
        .store=${this.store}
        .message=${growth.message}
        ?ended=${node.token?.special ?? false}
        @stop=${() => growth.stop()}
        @top=${() => void this.grow(growth.goOn(tree, greedy))}
        @sample=${() => void this.grow(growth.goOn(tree, this.store.choices.sampling))}
        @search=${() => void this.grow(growth.search(tree))}
      ></fp-continue-controls>
      ${failure(this.failure)}
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
      ${
        node.token
          ? html`<fp-branch
              .path=${pathTo(node)}
              .preceding=${textOf(this.store.result!.tokens.slice(0, token.index + 1))}
              .done=${this.done}
              @copy=${({ detail }: CustomEvent<string>) => void this.copy(detail)}
              @insert=${({ detail }: CustomEvent<string>) => void this.insert(token.index, detail)}
              @remove=${() => this.removeNode(tree, node)}
            ></fp-branch>`
          : nothing
      }
      ${this.candidates(tree, node, token)}`;
  }

  private candidates(tree: ContinuationTree, node: TreeNode, token: InspectedToken) {
    const { store } = this;
    const at = displayToken(node.token?.text ?? token.text);
    if (node.token?.special) {
      return html`<h3 class="small"><span class="muted">The text ends here.</span></h3>`;
    }
    // While tokens come one after the other, their candidates would only slow them down.
    if (this.growth.message !== null) return nothing;
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
                .candidates=${branchCandidates(end, next)}
                @continue=${({ detail }: CustomEvent<number>) => void this.grow(this.growth.add(tree, detail))}
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
    if (this.growth.message !== null || selected.token?.special) return null;
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
    this.growth.stop(tree);
    tree.remove(node);
    this.done = '';
    this.store.keepTrees();
    void this.view?.focusNode(parent);
  }

  /** Lets the tree grow; what goes wrong becomes the section's sentence. */
  private async grow(growing: Promise<string | null>): Promise<void> {
    this.failure = null;
    this.done = '';
    this.failure = await growing;
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
      void this.grow(this.growth.add(tree, id));
      this.scrollIntoView({ block: 'nearest' });
    });
  }
}
