import { css, html, LitElement, nothing, svg } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import type { TokenMap } from '../../protocol/embeddings';
import { displayToken } from '../../tokenizer/tokenDisplay';
import { cssColor, mix } from '../drawing/color';
import { type LabelledPoint, placeLabels } from '../drawing/labelPlacement';
import type { Theme } from '../drawing/theme';
import { percent, signed } from '../format';
import { shared } from './styles';

const fontSize = 11.5;
const lineHeight = 14;
const padding = { left: 14, right: 14, top: 12, bottom: 26 };

/**
 * Tokens in two dimensions, one unit as long across as up, so that distances are what they are. A
 * drawing without style sheets: it can be written to a file as it stands.
 */
@customElement('fp-scatter-plot')
export class ScatterPlot extends LitElement {
  @property({ attribute: false }) map!: TokenMap;
  /** Tokens to stand out, such as the current one. */
  @property({ attribute: false }) marked: readonly number[] = [];
  @property({ attribute: false }) theme!: Theme;
  @state() private width = 0;

  private readonly resized = new ResizeObserver(([entry]) => {
    this.width = Math.floor(entry!.contentRect.width);
  });

  static override styles = [
    shared,
    css`
      :host {
        overflow: hidden;
      }
      svg {
        display: block;
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

  /** The drawing as a file's text; null before it is drawn. */
  get picture(): string | null {
    const drawing = this.renderRoot.querySelector('svg');
    if (!drawing) return null;
    return new XMLSerializer().serializeToString(drawing).replace(/<!--.*?-->/gs, '');
  }

  override render() {
    if (this.width < 60) return nothing;
    const { theme, width, map } = this;
    const { height, points, scale } = this.layout();
    const labels = placeLabels(points, { width, height: height - padding.bottom + 8 });
    const ink = cssColor(theme.foreground);
    const muted = cssColor(theme.muted);
    const line = cssColor(mix(theme.background, theme.foreground, 0.14));
    const zero = scale(0, 0);
    const [x, y] = map.explained;
    return html`<svg
      xmlns="http://www.w3.org/2000/svg"
      width=${width}
      height=${height}
      viewBox="0 0 ${width} ${height}"
      role="img"
      aria-label=${this.spoken()}
      font-family=${theme.font}
      font-size=${fontSize}
    >
      <rect
        x="0.5"
        y="0.5"
        width=${width - 1}
        height=${height - 1}
        rx="5"
        fill=${cssColor(theme.background)}
        stroke=${line}
      />
      <path
        d="M${zero.x} 8V${height - padding.bottom}M8 ${zero.y}H${width - 8}"
        stroke=${line}
        stroke-dasharray="2 3"
      />
      ${points.map((point, i) => {
        const { id, text, x: first, y: second } = map.points[i]!;
        const isMarked = this.marked.includes(id);
        const label = labels[i]!;
        return svg`<g>
          <title>${`${displayToken(text)} (id ${id}): ${signed(first, 3)}, ${signed(second, 3)}`}</title>
          <circle cx=${point.x} cy=${point.y} r=${isMarked ? 4 : 3}
            fill=${isMarked ? cssColor(theme.focus) : muted} />
          <text x=${label.x} y=${label.y} dominant-baseline="central" fill=${ink}
            font-weight=${isMarked ? 700 : 400} unicode-bidi="isolate">${displayToken(text)}</text>
        </g>`;
      })}
      <text x=${width / 2} y=${height - 10} text-anchor="middle" font-size="10.5" fill=${muted}>
        across: ${percent(x)} of the variance · up: ${percent(y)}
      </text>
    </svg>`;
  }

  private layout() {
    const { map, width, theme } = this;
    const measure = document.createElement('canvas').getContext('2d')!;
    measure.font = `${fontSize}px ${theme.font}`;
    const widths = map.points.map(({ text }) => measure.measureText(displayToken(text)).width);
    const label = Math.min(Math.max(...widths), width / 3);
    const xs = map.points.map((point) => point.x);
    const ys = map.points.map((point) => point.y);
    const [left, right] = [Math.min(...xs), Math.max(...xs)];
    const [low, high] = [Math.min(...ys), Math.max(...ys)];
    const room = Math.max(40, width - padding.left - padding.right - 1.4 * label);
    const unit = Math.min(
      room / (right - left || 1e-9),
      // Not taller than wide, nor than what one sees at once.
      Math.min(width, 420) / (high - low || 1e-9),
    );
    const drawn = (high - low || 0) * unit;
    const height = Math.round(Math.max(120, drawn + padding.top + padding.bottom + 2 * lineHeight));
    const middle = { x: (left + right) / 2, y: (low + high) / 2 };
    const scale = (x: number, y: number) => ({
      x: width / 2 + (x - middle.x) * unit,
      y: padding.top + (height - padding.top - padding.bottom) / 2 - (y - middle.y) * unit,
    });
    const points: LabelledPoint[] = map.points.map(({ x, y }, i) => ({
      ...scale(x, y),
      width: widths[i]!,
      height: lineHeight,
    }));
    return { height, points, scale };
  }

  private spoken(): string {
    const places = this.map.points.map(
      ({ text, x, y }) => `${displayToken(text)} at ${signed(x)}, ${signed(y)}`,
    );
    return `Map of ${places.length} tokens: ${places.join('; ')}`;
  }
}
