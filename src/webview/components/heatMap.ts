import { css, html, LitElement, type PropertyValues } from 'lit';
import { customElement, property, query } from 'lit/decorators.js';
import { HeatSurface } from '../drawing/heatSurface';
import { type HeatView, pan, reveal, wholeView, zoom } from '../drawing/heatView';
import type { Theme } from '../drawing/theme';
import { plainScale, type WeightScale } from '../drawing/weightScale';
import type { Cell } from '../state/store';
import { crosshairStep } from './crosshairStep';
import { shared } from './styles';

/** What part is on show, and how many cells wide a pixel is. */
export interface ShownView extends HeatView {
  cells: number;
}

/**
 * One head's attention pattern on a canvas: query positions down, key positions across. Fires
 * `point` (the cell under the pointer or the crosshair), `choose` (a query position), `view` (what
 * part is on show) and `head` (1 or -1: another head is wished for).
 */
@customElement('fp-heat-map')
export class HeatMap extends LitElement {
  @property({ attribute: false }) pattern: Float32Array | null = null; // [queryPos, keyPos]
  /** Token labels. */
  @property({ attribute: false }) labels: readonly string[] = [];
  @property({ attribute: false }) position: number | null = null;
  @property({ attribute: false }) scale: WeightScale = plainScale;
  @property({ attribute: false }) theme!: Theme;
  @property() label = '';

  @query('canvas') private canvas!: HTMLCanvasElement;

  /** The cell that the keyboard moves. */
  private crosshair: Cell | null = null;
  /** The crosshair is where the head looks most; nobody has put it elsewhere. */
  private aimed = true;
  private hovered: Cell | null = null;
  private view: HeatView = wholeView(0);
  private told: ShownView | null = null;
  private readonly surface = new HeatSurface();
  private drag: { x: number; y: number; view: HeatView; moved: boolean } | null = null;
  private readonly resized = new ResizeObserver(() => {
    this.draw(true);
    this.tellView();
  });

  static override styles = [
    shared,
    css`
      canvas {
        display: block;
        border-radius: 3px;
        cursor: crosshair;
        touch-action: none;
      }
      canvas.zoomed {
        cursor: grab;
      }
      canvas:focus-visible {
        outline-offset: 1px;
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
    return html`<canvas
        tabindex="0"
        role="application"
        aria-roledescription="heat map"
        aria-label=${this.label}
        aria-describedby="help"
        @pointermove=${this.pointerMove}
        @pointerleave=${this.pointerLeave}
        @pointerdown=${this.pointerDown}
        @pointerup=${this.pointerUp}
        @wheel=${this.wheel}
        @keydown=${this.keyDown}
        @focus=${() => this.tellPoint()}
        @blur=${() => this.tellPoint()}
      ></canvas>
      <span id="help" class="visually-hidden"
        >Arrow keys move, Enter makes the row the current position, plus and minus zoom, 0 shows
        all, square brackets change the head.</span
      >`;
  }

  protected override updated(changed: PropertyValues<this>): void {
    const n = this.labels.length;
    if (changed.has('labels')) {
      this.view = wholeView(n);
      this.crosshair = null;
      this.hovered = null;
    }
    // Who compares heads in a part of the map keeps that part on show.
    const otherHead = changed.has('pattern') && this.aimed && this.view.span === n;
    if (this.crosshair === null || changed.has('position') || otherHead) this.aim();
    const anew = ['labels', 'pattern', 'scale', 'theme'] as const;
    this.draw(anew.some((name) => changed.has(name)));
    this.tellView();
  }

  /** By a factor around the crosshair; null shows everything. */
  zoomBy(factor: number | null): void {
    const n = this.labels.length;
    this.show(
      factor === null
        ? wholeView(n)
        : zoom(this.view, n, factor, this.crosshair ?? { query: 0, key: 0 }),
    );
  }

  /** Puts the crosshair where the current position looks most. */
  private aim(): void {
    const { pattern, position } = this;
    const n = this.labels.length;
    if (!pattern || position === null || pattern.length !== n * n) return;
    let key = Math.min(this.scale.firstKey, position);
    for (let i = key + 1; i <= position; i++) {
      if (pattern[position * n + i]! > pattern[position * n + key]!) key = i;
    }
    this.crosshair = { query: position, key };
    this.aimed = true;
    this.show(reveal(this.view, n, position, key));
    this.tellPoint();
  }

  private show(view: HeatView): void {
    const { query, key, span } = this.view;
    if (view.query === query && view.key === key && view.span === span) return;
    this.view = view;
    this.draw(true);
    this.tellView();
  }

  private tellView(): void {
    const { view } = this;
    const { layout } = this.surface;
    if (!layout) return;
    const shown = { ...view, cells: view.span / layout.pixels };
    const { told } = this;
    if (
      told?.query === shown.query &&
      told.key === shown.key &&
      told.span === shown.span &&
      told.cells === shown.cells
    ) {
      return;
    }
    this.told = shown;
    this.dispatchEvent(new CustomEvent('view', { detail: shown }));
  }

  private tellPoint(): void {
    const pointing = this.hovered !== null || this.shadowRoot!.activeElement !== null;
    this.dispatchEvent(
      new CustomEvent('point', { detail: { cell: this.hovered ?? this.crosshair, pointing } }),
    );
  }

  /** `anew` where more than the marks changed. */
  private draw(anew: boolean): void {
    const { canvas, clientWidth: width, pattern, labels, view, scale, theme } = this;
    if (!canvas || width === 0 || labels.length === 0) return;
    const content = { pattern, labels, view, scale, theme };
    const marks = { query: this.position, crosshair: this.hovered ?? this.crosshair };
    if (anew || !this.surface.layout) {
      this.surface.draw(canvas, width, content, marks);
      canvas.classList.toggle('zoomed', view.span < labels.length);
    } else {
      this.surface.drawMarks(canvas, content, marks);
    }
  }

  private cellAt({ offsetX, offsetY }: MouseEvent): Cell | null {
    const { view } = this;
    const { layout } = this.surface;
    if (!layout) return null;
    const key = Math.floor((offsetX - layout.left) / layout.cell);
    const query = Math.floor((offsetY - layout.top) / layout.cell);
    if (key < 0 || query < 0 || key >= view.span || query >= view.span) return null;
    const cell = { query: view.query + query, key: view.key + key };
    return cell.key <= cell.query ? cell : null;
  }

  private readonly pointerMove = (event: PointerEvent) => {
    const { drag } = this;
    const { layout } = this.surface;
    if (drag && layout) {
      const dx = event.offsetX - drag.x;
      const dy = event.offsetY - drag.y;
      if (Math.hypot(dx, dy) > 4) drag.moved = true;
      if (drag.moved) {
        const by = (pixels: number) => -Math.round(pixels / layout.cell);
        this.show(pan(drag.view, this.labels.length, by(dy), by(dx)));
        return;
      }
    }
    this.hover(this.cellAt(event));
  };

  private readonly pointerLeave = () => this.hover(null);

  private readonly pointerDown = (event: PointerEvent) => {
    if (event.button !== 0) return;
    this.drag = { x: event.offsetX, y: event.offsetY, view: this.view, moved: false };
    this.canvas.setPointerCapture(event.pointerId);
  };

  private readonly pointerUp = (event: PointerEvent) => {
    const { drag } = this;
    this.drag = null;
    if (!drag || drag.moved) return;
    const cell = this.cellAt(event);
    if (!cell) return;
    this.crosshair = cell;
    this.aimed = false;
    this.tell('choose', cell.query);
  };

  /** With Ctrl or ⌘ (a pinch says so too); a plain wheel scrolls the panel. */
  private readonly wheel = (event: WheelEvent) => {
    if (!event.ctrlKey && !event.metaKey) return;
    event.preventDefault();
    const anchor = this.cellAt(event) ?? this.crosshair ?? { query: 0, key: 0 };
    this.show(zoom(this.view, this.labels.length, Math.exp(event.deltaY * 0.004), anchor));
  };

  private readonly keyDown = (event: KeyboardEvent) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const n = this.labels.length;
    const { crosshair } = this;
    const moved = crosshair && crosshairStep(crosshair, event.key, n);
    if (moved) {
      this.crosshair = moved;
      this.aimed = false;
      this.hovered = null;
      this.show(reveal(this.view, n, moved.query, moved.key));
      this.draw(false);
      this.tellPoint();
    } else if (event.key === '+' || event.key === '=') this.zoomBy(0.7);
    else if (event.key === '-') this.zoomBy(1 / 0.7);
    else if (event.key === '0') this.zoomBy(null);
    else if (event.key === '[') this.tell('head', -1);
    else if (event.key === ']') this.tell('head', 1);
    else if ((event.key === 'Enter' || event.key === ' ') && crosshair) {
      this.tell('choose', crosshair.query);
    } else return;
    event.preventDefault();
  };

  private hover(cell: Cell | null): void {
    if (cell?.query === this.hovered?.query && cell?.key === this.hovered?.key) return;
    this.hovered = cell;
    this.draw(false);
    this.tellPoint();
  }

  private tell(event: 'choose' | 'head', detail: number): void {
    this.dispatchEvent(new CustomEvent(event, { detail }));
  }
}
