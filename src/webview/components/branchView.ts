import { css, html, LitElement } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import type { GeneratedToken } from '../../protocol/inspection';
import { branchText } from '../branchText';
import { icon } from './icons';
import { shared } from './styles';

/** UTF-16 units of the text that are shown before a branch. */
const contextShown = 60;

/**
 * What a branch says, and what can be done with it. Fires `copy` and `insert` with its text, and
 * `remove`.
 */
@customElement('fp-branch')
export class BranchView extends LitElement {
  @property({ attribute: false }) path: readonly GeneratedToken[] = [];
  /** The text that it comes after. */
  @property() preceding = '';
  /** What was done with it last. */
  @property() done = '';
  private shownText = '';

  static override styles = [
    shared,
    css`
      .row {
        display: flex;
        flex-wrap: wrap;
        align-items: center;
        gap: 6px 8px;
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
    `,
  ];

  override render() {
    const { text, whole } = branchText(this.path);
    const before = this.preceding.slice(-contextShown);
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
          @click=${() => this.tell('copy', text)}
        >
          ${icon('copy')} Copy
        </button>
        <button
          class="tool"
          ?disabled=${!whole || text === ''}
          title=${cannot || 'Put the text of the branch behind the current token in the document; one undo takes it back'}
          @click=${() => this.tell('insert', text)}
        >
          ${icon('insert')} Insert into the document
        </button>
        <button
          class="tool"
          title="Remove this token and all that comes after it (Delete)"
          @click=${() => this.tell('remove', null)}
        >
          ${icon('trash')} Remove
        </button>
        <span class="note muted" role="status">${whole ? this.done : broken}</span>
      </div>`;
  }

  protected override updated(): void {
    const paper = this.renderRoot.querySelector('.paper')!;
    const text = paper.textContent ?? '';
    // A branch is read where it grows.
    if (text !== this.shownText) paper.scrollTop = paper.scrollHeight;
    this.shownText = text;
  }

  private tell(event: 'copy' | 'insert' | 'remove', text: string | null): void {
    this.dispatchEvent(new CustomEvent(event, { detail: text }));
  }
}
