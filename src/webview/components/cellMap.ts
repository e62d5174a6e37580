import { css, html, LitElement, nothing, type PropertyValues, type TemplateResult } from 'lit';
import { customElement, property, query, state } from 'lit/decorators.js';
import { legendColors, legendMarks } from '../drawing/cellLegend';
import { cellMapLayout, type CellMapLayout, type CellPlace } from '../drawing/cellMapLayout';
import { type CellMapContent, type CellMapMarks, paintCellMap } from '../drawing/cellMapPainter';
import type { CellScale, Domain } from '../drawing/cellScale';
import type { Theme } from '../drawing/theme';
import type { Picture } from '../sectionData';
import { cellStep } from './cellStep';
import { cssProperties } from './cssProperties';
import './scaleLegend';
import { shared } from './styles';

/**
 * A map of rows × columns as coloured cells, with or without text in them; it scrolls sideways where
 * the columns do not fit. What a cell says stands above it in words. Fires `point` (the cell under
 * the pointer, or the keyboard's, or null) and `choose`, both with a `CellPlace`.
 */
@customElement('fp-cell-map')
export class CellMap extends LitElement {
  @property({ attribute: false }) rows: readonly string[] = [];
  @property({ attribute: false }) columns: readonly string[] = [];
  /** NaN is not there yet. */
  @property({ attribute: false }) values: Float32Array = new Float32Array(0); // [rows, columns]
  @property({ attribute: false }) texts: readonly string[] | null = null; // [rows, columns]
  @property() scale: CellScale = 'sequential';
  @property({ attribute: false }) domain: Domain = [0, 1];
  /** What the numbers of the legend are; the legend's numbers are written by `format`. */
  @property() unit = '';
  @property({ attribute: false }) format: (value: number) => string = String;
  /** Row and column to mark, such as the current layer and token. */
  @property({ attribute: false }) row: number | null = null;
  @property({ attribute: false }) column: number | null = null;
  @property({ attribute: false }) theme!: Theme;
  @property() label = '';
  /** A cell in words, for the line above the map. */
  @property({ attribute: false }) describe: (cell: CellPlace) => TemplateResult | string = () => '';

  @query('canvas') private canvas!: HTMLCanvasElement;
  @query('.scroll') private scroller!: HTMLElement;
  /** The cell that the keyboard moves. */
  @state() private cursor: CellPlace | null = null;
  @state() private hovered: CellPlace | null = null;
  @state() private focused = false;
  @state() private width = 0;
  private revealedAt = 0;
  private readonly resized = new ResizeObserver(([entry]) => {
    this.width = Math.floor(entry!.contentRect.width);
  });

  static override styles = [
    shared,
    css`
      .readout {
        min-height: 1.6em;
        margin: 8px 0 4px;
        line-height: 1.6;
        overflow: hidden;
        text-overflow: ellipsis;
        white-space: nowrap;
      }
      .scroll {
        position: relative;
        overflow: auto hidden;
        max-width: 100%;
        scrollbar-width: thin;
      }
      .extent {
        width: var(--extent);
        height: var(--height);
      }
      canvas {
        position: sticky;
        left: 0;
        display: block;
        margin-bottom: calc(-1 * var(--height));
        cursor: crosshair;
      }
      canvas:focus-visible {
        outline-offset: -1px;
      }
      fp-scale-legend {
        margin-top: 8px;
        max-width: 300px;
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

  override render() {
    const { layout, pointed } = this;
    const extent = {
      '--extent': `${layout.left + layout.contentWidth}px`,
      '--height': `${layout.height}px`,
    };
    return html`<p class="readout" role="status">${pointed ? this.describe(pointed) : nothing}</p>
      <div
        class="scroll"
        tabindex="-1"
        ${cssProperties(extent)}
        @scroll=${() => {
          this.draw();
        }}
      >
        <canvas
          tabindex="0"
          role="application"
          aria-roledescription="map"
          aria-label=${this.label}
          aria-describedby="help"
          @pointermove=${this.pointerMove}
          @pointerleave=${() => this.point(null)}
          @click=${this.clicked}
          @keydown=${this.keyDown}
          @focus=${() => this.setFocused(true)}
          @blur=${() => this.setFocused(false)}
        ></canvas>
        <div class="extent"></div>
      </div>
      <span id="help" class="visually-hidden"
        >Arrow keys move from cell to cell, Enter chooses one.</span
      >
      <fp-scale-legend
        .colors=${legendColors(this.theme, this.scale)}
        .marks=${legendMarks(this.scale, this.domain, this.format)}
        .unit=${this.unit}
      ></fp-scale-legend>`;
  }

  protected override willUpdate(changed: PropertyValues<this>): void {
    if (changed.has('rows') || changed.has('columns')) {
      const { cursor } = this;
      const inside = cursor && cursor.row < this.rows.length && cursor.column < this.columns.length;
      if (!inside) this.cursor = null;
      this.hovered = null;
    }
  }

  protected override updated(changed: PropertyValues<this>): void {
    // Where the marked column lies is known with the width, which comes after the first rendering.
    if (this.column !== null && (changed.has('column') || this.width !== this.revealedAt)) {
      this.revealedAt = this.width;
      this.reveal(this.column);
    }
    this.draw();
  }

  /** The cell that the readout speaks of: under the pointer, else the keyboard's. */
  private get pointed(): CellPlace | null {
    return this.hovered ?? this.cursor ?? this.start();
  }

  /** Where the keyboard begins: what is marked, else the first cell. */
  private start(): CellPlace | null {
    if (this.rows.length === 0 || this.columns.length === 0) return null;
    return {
      row: Math.min(this.row ?? this.rows.length - 1, this.rows.length - 1),
      column: Math.min(this.column ?? 0, this.columns.length - 1),
    };
  }

  private get layout(): CellMapLayout {
    const context = this.canvas?.getContext('2d') ?? null;
    if (context) context.font = `10.5px ${this.theme.font}`;
    const widest = (labels: readonly string[]) =>
      labels
        .slice(0, 64)
        .reduce((most, text) => Math.max(most, context?.measureText(text).width ?? 0), 0);
    return cellMapLayout({
      width: this.width,
      rows: this.rows.length,
      columns: this.columns.length,
      rowLabelWidth: widest(this.rows),
      columnLabelWidth: widest(this.columns),
      texts: this.texts !== null,
    });
  }

  /** The whole map, also what is scrolled away, without its marks. */
  picture(): Picture | null {
    if (this.rows.length === 0) return null;
    const layout = { ...this.layout, viewWidth: this.layout.contentWidth };
    // A wider canvas than this is not drawn by every browser.
    const ratio = Math.min(devicePixelRatio, 16_000 / (layout.left + layout.contentWidth));
    const canvas = document.createElement('canvas');
    canvas.width = Math.ceil((layout.left + layout.contentWidth + 1) * ratio);
    canvas.height = Math.ceil(layout.height * ratio);
    const context = canvas.getContext('2d')!;
    context.scale(ratio, ratio);
    paintCellMap(context, layout, this.content, { row: null, column: null, cursor: null }, 0);
    return { kind: 'png', canvas };
  }

  private get content(): CellMapContent {
    const { rows, columns, values, texts, scale, domain, theme } = this;
    return { rows, columns, values, texts, scale, domain, theme };
  }

  private draw(): void {
    const { canvas, layout, width } = this;
    if (!canvas || width === 0 || this.rows.length === 0) return;
    const ratio = devicePixelRatio;
    const wide = Math.ceil((layout.left + layout.viewWidth + 1) * ratio);
    const tall = Math.ceil(layout.height * ratio);
    if (canvas.width !== wide || canvas.height !== tall) {
      canvas.width = wide;
      canvas.height = tall;
      canvas.style.width = `${wide / ratio}px`;
      canvas.style.height = `${tall / ratio}px`;
    }
    const context = canvas.getContext('2d')!;
    context.setTransform(ratio, 0, 0, ratio, 0, 0);
    const cursor = this.hovered ?? (this.focused ? this.pointed : null);
    const marks: CellMapMarks = { row: this.row, column: this.column, cursor };
    paintCellMap(context, layout, this.content, marks, this.scroller.scrollLeft);
  }

  private reveal(column: number): void {
    const { layout, scroller } = this;
    if (!scroller) return;
    const from = column * layout.cellWidth;
    const to = from + layout.cellWidth;
    if (from < scroller.scrollLeft) scroller.scrollLeft = from;
    else if (to > scroller.scrollLeft + layout.viewWidth)
      scroller.scrollLeft = to - layout.viewWidth;
  }

  private cellAt({ offsetX, offsetY }: MouseEvent): CellPlace | null {
    const { left, top, cellWidth, cellHeight, viewWidth } = this.layout;
    if (offsetX < left || offsetX >= left + viewWidth) return null;
    const column = Math.floor((offsetX - left + this.scroller.scrollLeft) / cellWidth);
    const row = Math.floor((offsetY - top) / cellHeight);
    const inside = row >= 0 && row < this.rows.length && column < this.columns.length;
    return inside ? { row, column } : null;
  }

  private point(cell: CellPlace | null): void {
    if (cell?.row === this.hovered?.row && cell?.column === this.hovered?.column) return;
    this.hovered = cell;
    this.tell('point', cell);
  }

  private setFocused(focused: boolean): void {
    this.focused = focused;
    this.tell('point', focused ? this.pointed : null);
  }

  private readonly pointerMove = (event: PointerEvent) => this.point(this.cellAt(event));

  private readonly clicked = (event: MouseEvent) => {
    const cell = this.cellAt(event);
    if (!cell) return;
    this.cursor = cell;
    this.tell('choose', cell);
  };

  private readonly keyDown = (event: KeyboardEvent) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const at = this.cursor ?? this.start();
    if (!at) return;
    if (event.key === 'Enter' || event.key === ' ') this.tell('choose', at);
    else {
      const moved = cellStep(at, event.key, this.rows.length, this.columns.length);
      if (!moved) return;
      this.cursor = moved;
      this.hovered = null;
      this.reveal(moved.column);
      this.tell('point', moved);
    }
    event.preventDefault();
  };

  private tell(event: 'point' | 'choose', detail: CellPlace | null): void {
    this.dispatchEvent(new CustomEvent(event, { detail }));
  }
}
