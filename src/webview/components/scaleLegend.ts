import { css, html, LitElement, nothing } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import type { LegendMark } from '../drawing/tokenScale';
import { cssProperties } from './cssProperties';
import { shared } from './styles';

/** A strip of colours with numbers below it. */
@customElement('fp-scale-legend')
export class ScaleLegend extends LitElement {
  /** Evenly spaced along the scale. */
  @property({ attribute: false }) colors: readonly string[] = [];
  /** Colours are steps, not a ramp. */
  @property({ type: Boolean }) stepped = false;
  /** Draw borders of growing weight in place of colours. */
  @property({ type: Boolean }) bordered = false;
  @property({ attribute: false }) marks: readonly LegendMark[] = [];
  /** What the numbers are. */
  @property() unit = '';

  static override styles = [
    shared,
    css`
      :host {
        font-size: var(--fp-small);
        color: var(--fp-muted);
      }
      .scale {
        display: flex;
        align-items: flex-start;
        gap: 8px;
      }
      .bar {
        flex: 1;
        min-width: 0;
        max-width: 300px;
      }
      .ramp {
        height: 8px;
        border-radius: 2px;
        background: var(--ramp);
        outline: 1px solid var(--vscode-contrastBorder, transparent);
        outline-offset: -1px;
      }
      .steps {
        display: flex;
        gap: 3px;
      }
      .steps i {
        flex: 1;
        height: 8px;
        border-radius: 2px;
        background: var(--step);
      }
      .steps.bordered i {
        height: 10px;
        background: none;
      }
      .marks {
        position: relative;
        height: 14px;
        margin-top: 2px;
        line-height: 14px;
        font-variant-numeric: tabular-nums;
      }
      .marks span {
        position: absolute;
        left: var(--at);
        transform: translateX(-50%);
        white-space: nowrap;
      }
      .marks span.first {
        transform: none;
      }
      .marks span.last {
        transform: translateX(-100%);
      }
      .unit {
        line-height: 11px;
        white-space: nowrap;
      }
      .l0 {
        border: 1px dotted transparent;
      }
      .l1 {
        border: 1px dotted currentColor;
      }
      .l2 {
        border: 1px dashed currentColor;
      }
      .l3 {
        border: 1px solid currentColor;
      }
      .l4 {
        border: 2px solid currentColor;
      }
    `,
  ];

  override render() {
    const ramp = `linear-gradient(to right, ${this.colors.join(', ')})`;
    return html`<div class="scale">
      <div class="bar">
        ${
          this.stepped || this.bordered
            ? html`<div class="steps ${this.bordered ? 'bordered' : ''}" aria-hidden="true">
                ${(this.bordered ? [0, 1, 2, 3, 4] : this.colors).map(
                  (color, i) =>
                    html`<i
                      class="${this.bordered ? `l${i}` : ''}"
                      ${cssProperties({ '--step': String(color) })}
                    ></i>`,
                )}
              </div>`
            : html`<div class="ramp" aria-hidden="true" ${cssProperties({ '--ramp': ramp })}></div>`
        }
        <div class="marks">
          ${this.marks.map(
            ({ at, label }) =>
              html`<span
                class=${at === 0 ? 'first' : at === 1 ? 'last' : ''}
                ${cssProperties({ '--at': `${at * 100}%` })}
                >${label}</span
              >`,
          )}
        </div>
      </div>
      ${this.unit === '' ? nothing : html`<span class="unit">${this.unit}</span>`}
    </div>`;
  }
}
