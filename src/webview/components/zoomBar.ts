import { css, html, LitElement, nothing } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import { count } from '../format';
import type { ShownView } from './heatMap';
import { icon } from './icons';
import { shared } from './styles';

/** Up to so many tokens a heat map needs no looking closer. */
const closeEnough = 32;

/** What part of a heat map is on show. Fires `zoom` with a factor, or null for everything. */
@customElement('fp-zoom-bar')
export class ZoomBar extends LitElement {
  @property({ attribute: false }) view: ShownView | null = null;
  /** Tokens in all. */
  @property({ type: Number }) count = 0;

  static override styles = [
    shared,
    css`
      div {
        display: flex;
        align-items: center;
        gap: 2px;
        margin-bottom: 6px;
        line-height: 1.35;
      }
      span {
        margin-left: 6px;
      }
    `,
  ];

  override render() {
    const { view, count: n } = this;
    if (!view || (n <= closeEnough && view.span === n)) return nothing;
    const whole = view.span === n;
    return html`<div class="small muted">
      ${this.button('Closer', '+, or Ctrl and wheel', 'add', 0.6, false)}
      ${this.button('Farther', '-', 'remove', 1 / 0.6, whole)}
      ${this.button('Everything', '0', 'discard', null, whole)}
      <span>${where(view, n)}</span>
    </div>`;
  }

  private button(
    name: string,
    keys: string,
    picture: 'add' | 'remove' | 'discard',
    factor: number | null,
    disabled: boolean,
  ) {
    return html`<button
      class="tool"
      title="${name} (${keys})"
      aria-label=${name}
      ?disabled=${disabled}
      @click=${() => this.dispatchEvent(new CustomEvent('zoom', { detail: factor }))}
    >
      ${icon(picture)}
    </button>`;
  }
}

function where(view: ShownView, n: number): string {
  const range = (first: number) => `${count(first)}–${count(first + view.span - 1)}`;
  const part =
    view.span === n
      ? `all ${count(n)} tokens`
      : `queries ${range(view.query)}, keys ${range(view.key)} of ${count(n)}`;
  if (view.cells <= 1) return part;
  const cells = Math.ceil(view.cells);
  return `${part}; a pixel is the largest of up to ${cells} × ${cells} weights`;
}
