import { css, html, LitElement, nothing, type PropertyValues } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import { repeat } from 'lit/directives/repeat.js';
import { displayToken } from '../../tokenizer/tokenDisplay';
import { percent, signed } from '../format';
import type { TreeNode } from '../state/continuationTree';
import { cssProperties } from './cssProperties';
import { icon } from './icons';
import { scrollIntoParent } from './tokenPaint';
import { shared } from './styles';

/** Further in, rows would have no room left. */
const deepest = 7;
/** Tokens of what is folded away that are shown in its place. */
const previewed = 40;

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

  static override styles = [
    shared,
    css`
      :host {
        container-type: inline-size;
      }
      .head,
      .row {
        display: grid;
        grid-template-columns: minmax(90px, 1fr) minmax(36px, 90px) 62px 58px;
        align-items: center;
        column-gap: 8px;
        padding: 0 6px;
      }
      .head {
        height: 20px;
        white-space: nowrap;
        color: var(--fp-muted);
        font-size: var(--fp-small);
      }
      .short {
        display: none;
      }
      .scroll {
        max-height: 330px;
        overflow-y: auto;
        border: 1px solid var(--fp-border);
        border-radius: 5px;
        background: var(--vscode-editor-background);
        color: var(--vscode-editor-foreground);
      }
      .row {
        height: 22px;
        cursor: pointer;
      }
      .row:hover {
        background: var(--vscode-list-hoverBackground);
      }
      .row[aria-selected='true'] {
        background: var(
          --vscode-list-inactiveSelectionBackground,
          color-mix(in srgb, var(--fp-accent) 20%, transparent)
        );
        box-shadow: inset 2px 0 0 var(--fp-accent);
        outline: 1px solid var(--vscode-contrastActiveBorder, transparent);
        outline-offset: -1px;
      }
      .what {
        display: flex;
        align-items: center;
        min-width: 0;
        height: 100%;
        overflow: hidden;
        padding-left: calc(var(--indent) * var(--step, 13px));
      }
      .twisty {
        flex: none;
        display: flex;
        justify-content: center;
        align-self: stretch;
        align-items: center;
        width: 16px;
        color: var(--fp-muted);
      }
      .twisty .icon {
        transition: transform 100ms;
        transform: rotate(90deg);
      }
      .folded .twisty .icon {
        transform: none;
      }
      /* A line leads from the beginning of a branch along its tokens. */
      .on .twisty::before {
        content: '';
        width: 1px;
        height: 100%;
        background: var(--fp-muted);
        opacity: 0.6;
      }
      .leaf .twisty::before {
        content: '';
        width: 5px;
        height: 5px;
        border-radius: 50%;
        background: var(--fp-muted);
      }
      .token {
        flex: 0 1 auto;
        min-width: 0;
        overflow: hidden;
        text-overflow: ellipsis;
        font-size: var(--fp-mono-size);
      }
      .special {
        font-style: italic;
      }
      .preview {
        flex: 0 100 auto;
        min-width: 0;
        overflow: hidden;
        text-overflow: ellipsis;
        color: var(--fp-muted);
      }
      .bar {
        position: relative;
        height: 10px;
        border-radius: 2px;
        background: var(--fp-track);
        border: 1px solid var(--vscode-contrastBorder, transparent);
      }
      .fill {
        position: absolute;
        inset: 0 auto 0 0;
        width: var(--share);
        border-radius: 2px;
        background: var(--fp-accent);
      }
      .amount {
        text-align: right;
        white-space: nowrap;
      }
      @container (max-width: 330px) {
        .head,
        .row {
          grid-template-columns: minmax(60px, 1fr) 28px 52px 48px;
          column-gap: 6px;
          --step: 7px;
        }
        .scale {
          visibility: hidden;
        }
        .short {
          display: inline;
        }
        .long {
          display: none;
        }
      }
      @media (prefers-reduced-motion: reduce) {
        .twisty .icon {
          transition: none;
        }
      }
    `,
  ];

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
    const to = this.destination(event.key, node);
    if (to === 'fold' || to === 'remove' || to === 'choose') this.tell(to, node);
    else if (to) void this.focusNode(to);
    else if (to === undefined) return;
    event.preventDefault();
  };

  /** What a key does at a node; undefined where it is none of the tree's. */
  private destination(key: string, node: TreeNode) {
    const { nodes } = this;
    const at = nodes.indexOf(node);
    switch (key) {
      case 'ArrowDown':
        return nodes[at + 1] ?? null;
      case 'ArrowUp':
        return nodes[at - 1] ?? null;
      case 'ArrowRight':
        return node.folded ? 'fold' : (node.children[0] ?? null);
      case 'ArrowLeft':
        return node.children.length > 0 && !node.folded && beginsBranch(node)
          ? 'fold'
          : node.parent;
      case 'Home':
        return nodes[0]!;
      case 'End':
        return nodes.at(-1)!;
      case 'Enter':
      case ' ':
        return 'choose';
      case 'Delete':
      case 'Backspace':
        return node.parent ? 'remove' : null;
      default:
        return undefined;
    }
  }

  private tell(event: 'choose' | 'fold' | 'remove', node: TreeNode): void {
    this.dispatchEvent(new CustomEvent(event, { detail: node }));
  }
}

/** The root, and every token that stands beside others or comes first. */
function beginsBranch({ parent }: TreeNode): boolean {
  return !parent || !parent.parent || parent.children.length > 1;
}

/** How far in each row stands: a step for each place where the text branches. */
function indentsOf(nodes: readonly TreeNode[]): number[] {
  const indents = new Map<TreeNode, number>();
  return nodes.map((node) => {
    const above = node.parent ? indents.get(node.parent)! : -1;
    const indent = beginsBranch(node) ? above + 1 : above;
    indents.set(node, indent);
    return indent;
  });
}

/** What is folded away: the likeliest branch. */
function preview(node: TreeNode): string {
  let text = '';
  let at = node.children[0];
  for (let i = 0; at && i < previewed; i++) {
    text += displayToken(at.token!.text);
    at = at.children[0];
  }
  return text;
}

function spoken({ token, total, children }: TreeNode, text: string): string {
  if (!token) return `The text up to ${text}`;
  const said = token.text.trim() === '' ? text : token.text.trim();
  const branches = children.length > 1 ? `, ${children.length} branches` : '';
  return `${said}, ${percent(Math.exp(token.logprob))}, path ${signed(total)}${branches}`;
}

function describe({ token, total, depth }: TreeNode): string {
  return [
    `id ${token!.id}, token ${depth} after the text`,
    `Probability ${percent(Math.exp(token!.logprob))} (logprob ${signed(token!.logprob, 4)}), over the full vocabulary`,
    `The path from the text to here: logprob ${signed(total, 4)}, probability ${percent(Math.exp(total))}`,
  ].join('\n');
}
