import { html, LitElement, nothing, type PropertyValues } from 'lit';
import { customElement, property, query, state } from 'lit/decorators.js';
import {
  lineOpacity,
  linesInView,
  linesOf,
  type LookedToken,
  strongest,
} from '../drawing/attentionLines';
import { paintLines } from '../drawing/attentionLinesPainter';
import type { Theme } from '../drawing/theme';
import { plainScale, weightPosition, type WeightScale } from '../drawing/weightScale';
import { count, weight } from '../format';
import { attentionLinesStyles } from './attentionLinesStyles';
import { cssProperties } from './cssProperties';
import { shared } from './styles';
import { tokenStep } from './tokenStep';

/** Height of a token's row. */
const rowHeight = 20;
/** Rows beyond what is in view that are there already when it is scrolled. */
const overscan = 8;
/** More lines than these are a grey area, and take long to draw. */
const mostLines = 2000;

/**
 * A pattern as lines between two columns of tokens: who looks, left, and who is looked at, right.
 * The current token's lines stand out; a token that is pointed at or focused shows its lines alone.
 * Only what is in view is rendered.
 * Fires `choose` with a position.
 */
@customElement('fp-attention-lines')
export class AttentionLines extends LitElement {
  @property({ attribute: false }) pattern: Float32Array | null = null; // [queryPos, keyPos]
  /** Token labels. */
  @property({ attribute: false }) labels: readonly string[] = [];
  @property({ attribute: false }) position: number | null = null;
  @property({ attribute: false }) scale: WeightScale = plainScale;
  @property({ attribute: false }) theme!: Theme;
  @property() label = '';

  @query('.scroll') private scroller!: HTMLElement;
  @query('canvas') private canvas!: HTMLCanvasElement;
  @state() private hovered: LookedToken | null = null;
  @state() private focused: LookedToken | null = null;
  /** The rows that are rendered. */
  @state() private first = 0;
  @state() private last = 0;
  /** Where the Tab key arrives in each column. */
  @state() private roving = 0;
  /** How many lines are left out because they are too many. */
  @state() private left = 0;
  /** How many tokens fit into the view. */
  @state() private inView = 0;
  private readonly resized = new ResizeObserver(() => this.scrolled());

  static override styles = [shared, attentionLinesStyles];

  override connectedCallback(): void {
    super.connectedCallback();
    this.resized.observe(this);
  }

  override disconnectedCallback(): void {
    this.resized.disconnect();
    super.disconnectedCallback();
  }

  private get looked(): LookedToken | null {
    return this.hovered ?? this.focused;
  }

  /** The token whose lines and weights stand out: the one that is looked at, else the current one. */
  private get marked(): LookedToken | null {
    const { position, labels } = this;
    const marked = this.looked ?? (position === null ? null : { side: 'query', index: position });
    return marked && marked.index < labels.length ? marked : null;
  }

  override render() {
    const { labels } = this;
    return html`<p class="readout small" role="status">${this.readout()}</p>
      <div class="heads small muted" aria-hidden="true">
        <span>looks (query)</span><span>is looked at (key)</span>
      </div>
      <div class="scroll" tabindex="-1" @scroll=${() => this.scrolled()}>
        <div
          class="extent"
          role="group"
          aria-label=${this.label}
          ${cssProperties({ '--height': `${labels.length * rowHeight + 4}px` })}
        >
          <canvas aria-hidden="true"></canvas>
          ${this.column('query', 'Tokens that look')}${this.column('key', 'Tokens that are looked at')}
        </div>
      </div>
      <p class="more small muted">${this.note()}</p>`;
  }

  private column(side: LookedToken['side'], name: string) {
    const { labels, looked, marked, pattern, scale, position } = this;
    const n = labels.length;
    const shares = new Map<number, number>();
    if (pattern?.length === n * n && marked && marked.side !== side) {
      for (let at = this.first; at <= this.last; at++) {
        const [row, column] = side === 'key' ? [marked.index, at] : [at, marked.index];
        if (column > row || column < scale.firstKey || row >= n) continue;
        shares.set(at, lineOpacity(weightPosition(scale, pattern[row * n + column]!), scale, true));
      }
    }
    // The row that has the focus stays, else the focus would be lost when it is scrolled away.
    const shown = new Set<number>();
    for (let at = this.first; at <= Math.min(this.last, n - 1); at++) shown.add(at);
    if (this.roving < n) shown.add(this.roving);
    return html`<div
      class="column ${side}"
      role="listbox"
      aria-label=${name}
      @click=${this.clicked}
      @keydown=${this.keyDown}
      @pointerover=${(event: Event) => (this.hovered = tokenOf(event))}
      @pointerleave=${() => (this.hovered = null)}
      @focusin=${this.focusIn}
      @focusout=${() => (this.focused = null)}
    >
      ${[...shown]
        .sort((a, b) => a - b)
        .map((at) => {
          const isLooked = looked?.side === side && looked.index === at;
          const hidden = side === 'key' && at < scale.firstKey;
          const classes = `${isLooked ? 'looked' : ''} ${at === position ? 'current' : ''}`;
          return html`<span
            class="token ${classes} ${hidden ? 'hidden' : ''}"
            role="option"
            tabindex=${at === this.roving ? 0 : -1}
            aria-selected=${at === position ? 'true' : 'false'}
            aria-posinset=${at + 1}
            aria-setsize=${n}
            aria-label="${labels[at]}, token ${at}"
            data-side=${side}
            data-index=${at}
            ${cssProperties({
              '--y': `${at * rowHeight + 2}px`,
              '--share': (shares.get(at) ?? 0).toFixed(3),
            })}
            ><bdi>${labels[at]}</bdi></span
          >`;
        })}
    </div>`;
  }

  /** What the marked token looks at most, or by which it is looked at most. */
  private readout() {
    const { pattern, labels, marked: of, scale } = this;
    const n = labels.length;
    if (!of || pattern?.length !== n * n) return nothing;
    const most = strongest(pattern, n, of, scale.firstKey, 5);
    return html`<span class="item"
        ><bdi class="name">${labels[of.index]}</bdi>
        <span class="muted number">(${of.index})</span>
        <span class="muted">${of.side === 'query' ? 'looks at' : 'is looked at by'}</span></span
      >${most.map(
        ({ index, weight: value }) =>
          html`<span class="item"
            ><bdi class="name">${labels[index]}</bdi> <span class="muted number">(${index})</span>
            <b class="number">${weight(value)}</b></span
          >`,
      )}${most.length === 0 ? html`<span class="muted">nothing that is shown</span>` : nothing}`;
  }

  private note(): string {
    const n = this.labels.length;
    const { inView } = this;
    const parts = [];
    if (!this.looked && n > 1) parts.push("The current token's lines are drawn stronger.");
    if (n > inView && inView > 0) {
      parts.push(
        this.looked
          ? `All lines of one token; scroll to see where they end.`
          : `Lines of the ${count(Math.min(inView, n))} tokens in view, of ${count(n)}.`,
      );
    }
    if (this.left > 0)
      parts.push(`The ${count(mostLines)} strongest; ${count(this.left)} left out.`);
    return parts.join(' ');
  }

  protected override willUpdate(changed: PropertyValues<this>): void {
    if (changed.has('labels')) {
      this.hovered = this.focused = null;
      this.roving = this.position ?? 0;
    }
    if (changed.has('position') && this.position !== null && !this.focused) {
      this.roving = this.position;
    }
  }

  protected override updated(changed: PropertyValues<this>): void {
    if ((changed.has('position') || changed.has('labels')) && !this.focused) {
      this.reveal(this.position ?? 0);
    }
    this.scrolled();
  }

  private scrolled(): void {
    const { scroller } = this;
    if (!scroller) return;
    const { scrollTop, clientHeight } = scroller;
    this.first = Math.max(0, Math.floor(scrollTop / rowHeight) - overscan);
    this.last = Math.ceil((scrollTop + clientHeight) / rowHeight) + overscan;
    this.inView = Math.ceil(clientHeight / rowHeight);
    this.draw();
  }

  private reveal(index: number): void {
    const { scroller } = this;
    const top = index * rowHeight;
    if (top < scroller.scrollTop) scroller.scrollTop = top - rowHeight;
    else if (top + 2 * rowHeight > scroller.scrollTop + scroller.clientHeight) {
      scroller.scrollTop = top + 2 * rowHeight - scroller.clientHeight;
    }
  }

  private draw(): void {
    const { canvas, scroller, pattern, labels, scale } = this;
    const n = labels.length;
    if (!canvas || scroller.clientHeight === 0) return;
    const ratio = devicePixelRatio;
    const width = canvas.clientWidth;
    const height = Math.min(scroller.clientHeight, n * rowHeight + 4);
    canvas.width = Math.round(width * ratio);
    canvas.height = Math.round(height * ratio);
    canvas.style.height = `${height}px`;
    canvas.style.marginBottom = `${-height}px`;
    if (pattern?.length !== n * n) return;
    const { scrollTop } = scroller;
    const from = Math.floor(scrollTop / rowHeight);
    const to = Math.ceil((scrollTop + height) / rowHeight);
    const context = canvas.getContext('2d')!;
    context.scale(ratio, ratio);
    const middle = (index: number) => (index + 0.5) * rowHeight + 2 - scrollTop;
    const { color } = getComputedStyle(canvas);
    this.left = 0;
    if (!this.looked) {
      const { lines, left } = linesInView(pattern, n, scale, from, to, mostLines);
      this.left = left;
      paintLines(context, lines, scale, false, width, middle, color);
    }
    if (this.marked) {
      paintLines(
        context,
        linesOf(pattern, n, scale, this.marked),
        scale,
        true,
        width,
        middle,
        color,
      );
    }
  }

  private readonly clicked = (event: Event) => {
    const token = tokenOf(event);
    if (token) this.dispatchEvent(new CustomEvent('choose', { detail: token.index }));
  };

  private readonly focusIn = (event: Event) => {
    const token = tokenOf(event);
    if (!token) return;
    this.focused = token;
    this.roving = token.index;
    this.hovered = null;
  };

  private readonly keyDown = (event: KeyboardEvent) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const at = tokenOf(event);
    if (!at) return;
    if (event.key === 'Enter' || event.key === ' ') this.clicked(event);
    else {
      const to = tokenStep(at, event.key, this.labels.length);
      if (!to) return;
      void this.moveTo(to);
    }
    event.preventDefault();
  };

  private async moveTo(token: LookedToken): Promise<void> {
    this.roving = token.index;
    this.reveal(token.index);
    this.scrolled();
    await this.updateComplete;
    const selector = `.token[data-side="${token.side}"][data-index="${token.index}"]`;
    this.renderRoot.querySelector<HTMLElement>(selector)?.focus({ preventScroll: true });
  }
}

function tokenOf(event: Event): LookedToken | null {
  const token = (event.target as Element).closest<HTMLElement>('.token');
  if (!token) return null;
  return { side: token.dataset.side as LookedToken['side'], index: Number(token.dataset.index) };
}
