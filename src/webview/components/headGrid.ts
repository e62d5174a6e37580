import { css, html, LitElement, type PropertyValues } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import type { HeadSummary } from '../../protocol/attention';
import type { CellPlace } from '../drawing/cellMapLayout';
import { cssColor } from '../drawing/color';
import type { Theme } from '../drawing/theme';
import { paintThumbnails } from '../drawing/thumbnailPainter';
import {
  gridLabelWidth,
  type GridLayout,
  gridLayout,
  thumbnailWindow,
} from '../drawing/thumbnails';
import type { HeadPlace } from '../headSteps';
import type { Picture } from '../sectionData';
import { cellStep } from './cellStep';
import { cssProperties } from './cssProperties';
import { shared } from './styles';

/**
 * The patterns of all heads as thumbnails, layers down and heads across: a grid to the keyboard.
 * Fires `choose` and `look` (pointed at or focused; null when that ends) with a `HeadPlace`.
 */
@customElement('fp-head-grid')
export class HeadGrid extends LitElement {
  /** By layer; null is not there yet. */
  @property({ attribute: false }) summaries: readonly (HeadSummary | null)[] = [];
  @property({ type: Number }) heads = 1;
  /** What is chosen; without a head, the whole layer. */
  @property({ type: Number }) layer = 0;
  @property({ attribute: false }) head: number | null = null;
  @property({ type: Boolean }) logarithmic = false;
  /** How many of its n tokens a query of each layer sees. */
  @property({ attribute: false }) windows: readonly (number | null)[] = []; // [layer]
  @property({ type: Number }) tokens = 1;
  @property({ attribute: false }) theme!: Theme;
  @property() label = '';
  /** A head in words, for those who hear it. */
  @property({ attribute: false }) describe: (
    place: HeadPlace,
    summary: HeadSummary | null,
  ) => string = () => '';

  @state() private width = 0;
  /** The one head that the Tab key reaches; null is the chosen one. */
  @state() private roving: HeadPlace | null = null;
  /** What each layer's canvas shows. */
  private readonly drawn = new Map<number, { summary: HeadSummary | null; how: string }>();
  private readonly resized = new ResizeObserver(([entry]) => {
    this.width = Math.floor(entry!.contentRect.width);
  });

  static override styles = [
    shared,
    css`
      .grid {
        width: fit-content;
        max-width: 100%;
        overflow-x: auto;
        scrollbar-width: thin;
        padding: 2px;
        margin: -2px;
        font-size: 10px;
        line-height: 14px;
        font-variant-numeric: tabular-nums;
        color: var(--fp-muted);
      }
      .row {
        position: relative;
        display: flex;
        gap: var(--gap);
        width: max-content;
        padding-left: 24px;
        margin-bottom: var(--gap);
      }
      .name {
        position: absolute;
        left: 0;
        top: 0;
        height: 100%;
        width: 20px;
        display: flex;
        align-items: center;
        justify-content: flex-end;
      }
      .row > .column {
        width: var(--cell);
        text-align: center;
        overflow: visible;
        white-space: nowrap;
      }
      canvas {
        position: absolute;
        left: 24px;
        top: 0;
        height: var(--cell);
        pointer-events: none;
      }
      .cell {
        position: relative;
        width: var(--cell);
        height: var(--cell);
        border-radius: 2px;
        box-shadow: inset 0 0 0 1px color-mix(in srgb, var(--vscode-foreground) 9%, transparent);
        cursor: pointer;
      }
      .cell:hover {
        box-shadow: inset 0 0 0 1px var(--vscode-foreground);
      }
      .cell.chosen,
      .row.chosen .cell {
        box-shadow: 0 0 0 2px var(--vscode-focusBorder);
      }
      .cell:focus-visible {
        outline: 2px solid var(--vscode-foreground) !important;
        outline-offset: 1px;
        z-index: 1;
      }
      .name.chosen,
      .column.chosen {
        color: var(--vscode-foreground);
        font-weight: 600;
      }
    `,
  ];

  override connectedCallback(): void {
    super.connectedCallback();
    this.resized.observe(this);
  }

  override disconnectedCallback(): void {
    this.resized.disconnect();
    super.disconnectedCallback();
  }

  private get layout(): GridLayout {
    return gridLayout(this.width - gridLabelWidth - 2, this.heads, devicePixelRatio);
  }

  override render() {
    const { summaries, heads, width } = this;
    if (width === 0) return html``;
    const { cell, gap } = this.layout;
    const reached = this.roving ?? { layer: this.layer, head: this.head ?? 0 };
    const columns = Array.from({ length: heads }, (_, head) => head);
    // Names of columns that would touch are left out.
    const step = Math.ceil(20 / (cell + gap));
    return html`<div
      class="grid"
      role="grid"
      aria-label=${this.label}
      aria-rowcount=${summaries.length}
      aria-colcount=${heads}
      ${cssProperties({ '--cell': `${cell}px`, '--gap': `${gap}px` })}
      @click=${this.clicked}
      @keydown=${this.keyDown}
      @pointerover=${(event: Event) => this.look(placeOf(event))}
      @pointerleave=${() => this.look(null)}
      @focusin=${this.focusIn}
      @focusout=${() => this.look(null)}
    >
      <div class="row" aria-hidden="true">
        ${columns.map(
          (head) =>
            html`<span class="column ${head === this.head ? 'chosen' : ''}"
              >${head % step === 0 ? `H${head}` : ''}</span
            >`,
        )}
      </div>
      ${summaries.map((summary, layer) => {
        const own = layer === this.layer;
        return html`<div
          class="row ${own && this.head === null ? 'chosen' : ''}"
          role="row"
          aria-rowindex=${layer + 1}
        >
          <span class="name ${own ? 'chosen' : ''}" aria-hidden="true">L${layer}</span>
          <canvas data-layer=${layer} aria-hidden="true"></canvas>
          ${columns.map((head) => {
            const isChosen = own && head === this.head;
            const reachable = layer === reached.layer && head === reached.head;
            return html`<div
              class="cell ${isChosen ? 'chosen' : ''}"
              role="gridcell"
              tabindex=${reachable ? 0 : -1}
              aria-selected=${isChosen ? 'true' : 'false'}
              aria-colindex=${head + 1}
              aria-label=${this.describe({ layer, head }, summary)}
              data-layer=${layer}
              data-head=${head}
            ></div>`;
          })}
        </div>`;
      })}
    </div>`;
  }

  protected override willUpdate(changed: PropertyValues<this>): void {
    if (changed.has('layer') || changed.has('head')) this.roving = null;
  }

  protected override updated(changed: PropertyValues<this>): void {
    if (changed.has('theme')) this.drawn.clear();
    if (this.width === 0) return;
    const { layout, logarithmic, theme } = this;
    const ratio = devicePixelRatio;
    const how = [layout.cell, layout.gap, ratio, logarithmic].join();
    for (const canvas of this.renderRoot.querySelectorAll('canvas')) {
      const layer = Number(canvas.dataset.layer);
      const summary = this.summaries[layer] ?? null;
      const before = this.drawn.get(layer);
      if (before?.summary === summary && before.how === how) continue;
      this.drawn.set(layer, { summary, how });
      if (!summary) {
        canvas.width = canvas.height = 0;
        continue;
      }
      const window = thumbnailWindow(this.windows[layer], this.tokens, summary.size);
      paintThumbnails(canvas, summary, layout, logarithmic, theme, ratio, window);
    }
  }

  /** All thumbnails as one drawing: layers down, heads across, each with its name. */
  picture(): Picture | null {
    const rows = [...this.renderRoot.querySelectorAll('canvas')].filter(({ width }) => width > 0);
    if (rows.length === 0) return null;
    const ratio = devicePixelRatio;
    const { cell, gap } = this.layout;
    const [left, top, step] = [24 * ratio, 16 * ratio, (cell + gap) * ratio];
    const whole = document.createElement('canvas');
    whole.width = left + Math.max(...rows.map(({ width }) => width));
    whole.height = top + rows.length * step;
    const context = whole.getContext('2d')!;
    context.font = `${10 * ratio}px sans-serif`;
    context.fillStyle = cssColor(this.theme.muted);
    context.textAlign = 'center';
    for (let head = 0; head < this.heads; head++) {
      context.fillText(`H${head}`, left + head * step + (cell * ratio) / 2, 11 * ratio);
    }
    for (const [i, canvas] of rows.entries()) {
      context.fillText(`L${canvas.dataset.layer}`, left / 2, top + i * step + (cell * ratio) / 2);
      context.drawImage(canvas, left, top + i * step);
    }
    return { kind: 'png', canvas: whole };
  }

  private look(place: HeadPlace | null): void {
    this.dispatchEvent(new CustomEvent('look', { detail: place }));
  }

  private choose(place: HeadPlace): void {
    this.dispatchEvent(new CustomEvent('choose', { detail: place }));
  }

  private readonly clicked = (event: Event) => {
    const place = placeOf(event);
    if (place) this.choose(place);
  };

  private readonly focusIn = (event: Event) => {
    const place = placeOf(event);
    if (!place) return;
    this.roving = place;
    this.look(place);
  };

  private readonly keyDown = (event: KeyboardEvent) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const at = placeOf(event);
    if (!at) return;
    if (event.key === 'Enter' || event.key === ' ') this.choose(at);
    else {
      const cell: CellPlace = { row: at.layer, column: at.head };
      const to = cellStep(cell, event.key, this.summaries.length, this.heads);
      if (!to) return;
      const selector = `.cell[data-layer="${to.row}"][data-head="${to.column}"]`;
      this.renderRoot.querySelector<HTMLElement>(selector)?.focus();
    }
    event.preventDefault();
  };
}

function placeOf(event: Event): HeadPlace | null {
  const cell = (event.target as Element).closest<HTMLElement>('.cell');
  return cell ? { layer: Number(cell.dataset.layer), head: Number(cell.dataset.head) } : null;
}
