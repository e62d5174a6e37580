import { html, LitElement, nothing, type PropertyValues } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import { repeat } from 'lit/directives/repeat.js';
import { displayToken } from '../../tokenizer/tokenDisplay';
import { beginsBranch, indentsOf } from '../continuationBranches';
import { describe, preview, spoken } from '../continuationWords';
import { percent, signed } from '../format';
import type { TreeNode } from '../state/continuationTree';
import { continuationTreeViewStyles } from './continuationTreeViewStyles';
import { cssProperties } from './cssProperties';
import { icon } from './icons';
import { scrollIntoParent } from './tokenPaint';
import { shared } from './styles';
import { treeStep } from './treeStep';

/** Further in, rows would have no room left. */
const deepest = 7;

/**
 * Continuations as a tree: tokens that follow one another stand below one another, and a step further
 * in only where the text branches. To the keyboard it is an ARIA tree. Fires `choose`, `fold` and
 * `remove` with a node.
 */
@customElement('fp-continuation-tree')
export class ContinuationTreeView extends LitElement {
  /** Those that are shown, the root first. */
  @property({ attribute: false }) nodes: readonly TreeNode[] = [];
  @property({ attribute: false }) selected: TreeNode | null = null;
  /** The token that the text ends with. */
  @property() root = '';
  /** The one row that the Tab key reaches, by its key. */
  @state() private reached: number | null = null;

  static override styles = [shared, continuationTreeViewStyles];

  override render() {
    const indents = indentsOf(this.nodes);
    const reached = this.nodes.some(({ key }) => key === this.reached)
      ? this.reached
      : (this.selected?.key ?? null);
    return html`<div class="head" aria-hidden="true">
        <span>token</span><span class="scale">0 – 100%</span
        ><span class="amount"
          ><span class="long">probability</span><span class="short">prob.</span></span
        ><span class="amount" title="Sum of the logprobs from the text to here"
          ><span class="long">Σ logprob</span><span class="short">Σ</span></span
        >
      </div>
      <div class="scroll">
        <div
          role="tree"
          aria-label="Continuations"
          @click=${this.clicked}
          @keydown=${this.keyDown}
          @focusin=${this.focusIn}
        >
          ${repeat(
            this.nodes,
            ({ key }) => key,
            (node, i) => this.row(node, indents[i]!, node.key === reached),
          )}
        </div>
      </div>`;
  }

  private row(node: TreeNode, indent: number, reachable: boolean) {
    const { token, children, folded, total, key } = node;
    const begins = beginsBranch(node);
    const kind = begins ? (children.length > 0 ? '' : 'leaf') : 'on';
    const probability = token ? Math.exp(token.logprob) : 1;
    const text = displayToken(token?.text ?? this.root);
    return html`<div
      class="row ${folded ? 'folded' : kind}"
      role="treeitem"
      aria-level=${node.depth + 1}
      aria-expanded=${children.length > 0 ? String(!folded) : nothing}
      aria-selected=${node === this.selected ? 'true' : 'false'}
      aria-label=${spoken(node, text)}
      tabindex=${reachable ? 0 : -1}
      data-key=${key}
      title=${token ? describe(node) : 'The text up to here'}
    >
      <span class="what" ${cssProperties({ '--indent': String(Math.min(indent, deepest)) })}>
        <span class="twisty">
          ${folded || (begins && children.length > 0) ? icon('chevronRight') : nothing}
        </span>
        ${token ? nothing : html`<span class="preview">…</span>`}
        <bdi class="token ${token?.special ? 'special' : ''}">${text}</bdi>
        ${folded ? html`<bdi class="token preview">${preview(node)}</bdi>` : nothing}
      </span>
      ${
        token
          ? html`<span class="bar" aria-hidden="true"
                ><span
                  class="fill"
                  ${cssProperties({ '--share': `${(probability * 100).toFixed(2)}%` })}
                ></span></span
              ><span class="amount number">${percent(probability)}</span
              ><span class="amount number">${signed(total)}</span>`
          : nothing
      }
    </div>`;
  }

  protected override updated(changed: PropertyValues<this>): void {
    if (changed.has('selected') && this.selected) {
      const row = this.rowOf(this.selected.key);
      if (row) scrollIntoParent(row, this.renderRoot.querySelector('.scroll')!);
      this.reached = this.selected.key;
    }
  }

  /** Puts the focus on a node's row, once it is drawn. */
  async focusNode(node: TreeNode): Promise<void> {
    this.reached = node.key;
    await this.updateComplete;
    this.rowOf(node.key)?.focus();
  }

  private rowOf(key: number): HTMLElement | null {
    return this.renderRoot.querySelector<HTMLElement>(`[data-key="${key}"]`);
  }

  private nodeAt(event: Event): TreeNode | undefined {
    const row = (event.target as Element).closest<HTMLElement>('.row');
    return this.nodes.find(({ key }) => String(key) === row?.dataset.key);
  }

  private readonly clicked = (event: Event) => {
    const node = this.nodeAt(event);
    if (!node) return;
    const onTwisty = (event.target as Element).closest('.twisty .icon') !== null;
    this.tell(onTwisty ? 'fold' : 'choose', node);
  };

  private readonly focusIn = (event: Event) => {
    this.reached = this.nodeAt(event)?.key ?? this.reached;
  };

  private readonly keyDown = (event: KeyboardEvent) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const node = this.nodeAt(event);
    if (!node) return;
    const to = treeStep(this.nodes, node, event.key);
    if (to === 'fold' || to === 'remove' || to === 'choose') this.tell(to, node);
    else if (to) void this.focusNode(to);
    else if (to === undefined) return;
    event.preventDefault();
  };

  private tell(event: 'choose' | 'fold' | 'remove', node: TreeNode): void {
    this.dispatchEvent(new CustomEvent(event, { detail: node }));
  }
}
