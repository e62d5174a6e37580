import { css, html, LitElement, nothing, type PropertyValues } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import { scalePosition } from '../../inspection/tokenMeasure';
import type { LineMeasure } from '../../inspection/surprisingLines';
import type { LinePiece, SurprisingLine } from '../../protocol/documentReport';
import { displayToken } from '../../tokenizer/tokenDisplay';
import { cssColor } from '../drawing/color';
import { isHighContrast, type Theme } from '../drawing/theme';
import { tint } from '../drawing/tokenScale';
import { count, figure } from '../format';
import { cssProperties } from './cssProperties';
import { rovingStep } from './rovingFocus';
import { shared } from './styles';

/**
 * Lines with what they cost, to be chosen from: arrows move the focus, Enter or a click chooses.
 * Fires `choose` with a line's number.
 */
@customElement('fp-surprising-lines')
export class SurprisingLines extends LitElement {
  @property({ attribute: false }) lines: readonly SurprisingLine[] = [];
  @property() by: LineMeasure = 'bits';
  @property({ attribute: false }) theme!: Theme;
  /** The one that the Tab key reaches. */
  private focused = 0;

  static override styles = [
    shared,
    css`
      ol {
        list-style: none;
        max-height: 348px;
        overflow-y: auto;
        border: 1px solid var(--fp-border);
        border-radius: 5px;
        background: var(--vscode-editor-background);
        color: var(--vscode-editor-foreground);
      }
      li + li {
        border-top: 1px solid var(--fp-section-border);
      }
      button {
        display: grid;
        grid-template-columns: var(--digits) minmax(0, 1fr) max-content;
        gap: 0 10px;
        width: 100%;
        padding: 5px 8px;
        border: 0;
        background: none;
        text-align: left;
        cursor: pointer;
      }
      button:hover {
        background: var(--vscode-list-hoverBackground);
        outline: 1px dashed var(--vscode-contrastActiveBorder, transparent);
        outline-offset: -1px;
      }
      .line {
        color: var(--vscode-editorLineNumber-foreground, var(--fp-muted));
        color: var(--fp-muted);
        font-family: var(--fp-mono);
        font-size: 12px;
        line-height: 18px;
        text-align: right;
      }
      .text {
        display: -webkit-box;
        -webkit-box-orient: vertical;
        -webkit-line-clamp: 3;
        overflow: hidden;
        font-family: var(--fp-mono);
        font-size: 12px;
        line-height: 18px;
        white-space: pre-wrap;
        overflow-wrap: anywhere;
        tab-size: 2;
        direction: ltr;
      }
      .text span {
        padding: 1px 0;
        border-radius: 2px;
        box-decoration-break: clone;
        -webkit-box-decoration-break: clone;
        background: var(--tint, transparent);
        color: var(--ink, inherit);
      }
      .bordered span {
        background: none;
        color: inherit;
      }
      .bordered .l2 {
        text-decoration: underline dotted;
        text-underline-offset: 2px;
      }
      .bordered .l3 {
        text-decoration: underline;
        text-underline-offset: 2px;
      }
      .bordered .l4 {
        text-decoration: underline 2px;
        text-underline-offset: 2px;
      }
      .values {
        display: flex;
        flex-direction: column;
        align-items: flex-end;
        font-size: var(--fp-small);
        line-height: 16px;
        color: var(--fp-muted);
      }
      .values .chosen {
        order: -1;
        color: var(--vscode-editor-foreground);
        font-size: 12px;
        line-height: 18px;
      }
    `,
  ];

  override willUpdate(changed: PropertyValues<this>): void {
    if (changed.has('by')) this.focused = 0;
    this.focused = Math.min(this.focused, Math.max(0, this.lines.length - 1));
  }

  protected override updated(changed: PropertyValues<this>): void {
    if (changed.has('by')) this.renderRoot.querySelector('ol')!.scrollTop = 0;
  }

  override render() {
    const { lines, by, theme } = this;
    const digits = Math.max(2, ...lines.map(({ line }) => String(line).length));
    return html`<ol
      class=${isHighContrast(theme.kind) ? 'bordered' : ''}
      aria-label="Most surprising lines"
      @keydown=${this.keyDown}
      ${cssProperties({ '--digits': `${digits * 7.5}px` })}
    >
      ${lines.map((line, at) => this.item(line, at, by))}
    </ol>`;
  }

  private item(line: SurprisingLine, at: number, by: LineMeasure) {
    const bits = figure(line.bits);
    const perByte = figure(line.bits / line.bytes);
    const peak = `“${displayToken(line.peak.text)}”, ${line.peak.bits.toFixed(1)} bits, rank ${count(line.peak.rank)}`;
    return html`<li>
      <button
        tabindex=${at === this.focused ? 0 : -1}
        title="Most surprising: ${peak}. Click to put the cursor before it."
        aria-label="Line ${line.line}: ${bits} bits, ${perByte} bits per byte. Most surprising: ${peak}"
        @click=${() => this.dispatchEvent(new CustomEvent('choose', { detail: line.line }))}
        @focus=${() => this.rove(at)}
      >
        <span class="line">${line.line}</span>
        <bdi class="text"
          >${line.cutBefore ? '…' : nothing}${line.pieces.map((piece, i) => this.piece(piece, i === 0 && !line.cutBefore))}${line.cutAfter ? '…' : nothing}</bdi
        >
        <span class="values number">
          <span class=${by === 'bits' ? 'chosen' : ''}>${bits} bits</span>
          <span class=${by === 'bits' ? '' : 'chosen'}>${perByte}/byte</span>
        </span>
      </button>
    </li>`;
  }

  private piece({ text, bits }: LinePiece, first: boolean) {
    // Indentation says little here, and takes the room of words.
    const short = first ? text.replace(/^[ \t]{2,}/, ' ') : text;
    const shown = short.replace(/\r\n?|\n/g, '⏎').replace(/[^ \t]+/gu, displayToken);
    if (bits === null) return html`<span>${shown}</span>`;
    const { background, ink, level } = tint(
      this.theme,
      'surprisal',
      scalePosition('surprisal', bits),
    );
    return html`<span
      class="l${level}"
      ${cssProperties({ '--tint': cssColor(background), '--ink': cssColor(ink) })}
      >${shown}</span
    >`;
  }

  private rove(at: number): void {
    if (at === this.focused) return;
    this.focused = at;
    this.requestUpdate();
  }

  private readonly keyDown = (event: KeyboardEvent) => {
    const to = rovingStep(event.key, this.focused, this.lines.length);
    if (to === null) return;
    event.preventDefault();
    this.rove(to);
    this.renderRoot.querySelectorAll('button')[to]?.focus();
  };
}
