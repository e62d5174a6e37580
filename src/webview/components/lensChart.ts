import { css, html, LitElement, nothing, svg } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import type { Lens, LensExpectation } from '../../protocol/lens';
import { displayToken } from '../../tokenizer/tokenDisplay';
import { count, percent } from '../format';
import { standaloneSvg } from '../drawing/standaloneSvg';
import { streamName } from '../lensReading';
import type { Picture } from '../sectionData';
import { fullScale } from './distributionBars';
import { shared } from './styles';

const left = 40;
const right = 10;
const panelHeight = 58;
const gap = 22;
const top = 16;
const height = top + panelHeight + gap + panelHeight + 20;

/** Where a value lies in a panel: 0 is its top, 1 its bottom. */
type Place = (expectation: LensExpectation) => number;

/**
 * The final token along the layers: its probability, and its rank on a logarithmic scale; beside it
 * the token that really came, where that is another. Fires `point` with the index of the stream
 * under the pointer, or null.
 */
@customElement('fp-lens-chart')
export class LensChart extends LitElement {
  @property({ attribute: false }) lens!: Lens;
  /** Index of the stream that is pointed at, here or elsewhere. */
  @property({ attribute: false }) pointed: number | null = null;
  /** Index of the stream from which on the final token leads. */
  @property({ attribute: false }) decided = 0;
  @state() private width = 0;
  private readonly resized = new ResizeObserver(([entry]) => {
    this.width = Math.floor(entry!.contentRect.width);
  });

  static override styles = [
    shared,
    css`
      svg {
        display: block;
        overflow: visible;
      }
      text {
        font-size: 10px;
        fill: var(--fp-muted);
        font-variant-numeric: tabular-nums;
      }
      text.name {
        font-size: 11px;
      }
      .end {
        text-anchor: end;
      }
      .middle {
        text-anchor: middle;
      }
      .grid {
        stroke: var(--fp-track);
        stroke-width: 1;
      }
      .axis {
        stroke: var(--fp-border, currentColor);
        stroke-width: 1;
      }
      .line {
        fill: none;
        stroke: var(--fp-accent);
        stroke-width: 1.75;
        stroke-linejoin: round;
      }
      .dot {
        fill: var(--fp-accent);
      }
      .actual.line {
        stroke: var(--fp-actual);
        stroke-dasharray: 4 3;
      }
      .actual.dot {
        fill: var(--fp-actual);
      }
      .decided {
        fill: var(--fp-accent);
        opacity: 0.1;
      }
      .pointer {
        stroke: var(--vscode-foreground);
        stroke-width: 1;
        opacity: 0.6;
      }
      .hit {
        fill: transparent;
        cursor: crosshair;
      }
      .key {
        display: flex;
        flex-wrap: wrap;
        gap: 2px 14px;
        margin-top: 2px;
      }
      .key span {
        display: inline-flex;
        align-items: center;
        gap: 5px;
      }
      .key i {
        width: 16px;
        border-top: 2px solid var(--fp-accent);
      }
      .key .came i {
        border-top: 2px dashed var(--fp-actual);
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
    const { lens, width } = this;
    const { final, actual } = lens;
    const other = actual !== null && actual.id !== final.id ? actual : null;
    return html`${width > 0 ? this.drawing(other !== null) : nothing}
      <p class="key small muted">
        <span><i></i><bdi class="token">${displayToken(final.text)}</bdi> the final answer</span>
        ${
          other
            ? html`<span class="came"
                ><i></i><bdi class="token">${displayToken(other.text)}</bdi> what came</span
              >`
            : nothing
        }
      </p>`;
  }

  picture(): Picture | null {
    const drawing = this.renderRoot.querySelector('svg');
    return drawing && { kind: 'svg', svg: standaloneSvg(drawing) };
  }

  private drawing(withActual: boolean) {
    const { width, pointed, decided } = this;
    const { streams } = this.lens;
    const expectations = streams.flatMap(({ final, actual }) =>
      withActual && actual ? [final, actual] : [final],
    );
    const most = fullScale(expectations.map(({ probability }) => probability));
    const worst = Math.max(10, ...expectations.map(({ rank }) => rank));
    const lowest = 10 ** Math.ceil(Math.log10(worst) - 1e-9);
    const byProbability: Place = ({ probability }) => 1 - probability / most;
    const byRank: Place = ({ rank }) => Math.log10(rank) / Math.log10(lowest);
    const second = top + panelHeight + gap;
    const step = (width - left - right) / Math.max(1, streams.length - 1);
    const shade = left + Math.max(0, decided - 0.5) * step;
    return html`<svg
      width=${width}
      height=${height}
      role="img"
      aria-label=${this.description()}
      @pointermove=${(event: PointerEvent) => this.point(this.streamAt(event.offsetX))}
      @pointerleave=${() => this.point(null)}
    >
      <rect class="hit" width=${width} height=${height}></rect>
      ${[top, second].map(
        (y) =>
          svg`<rect class="decided" x=${shade} y=${y} width=${width - right - shade} height=${panelHeight}></rect>`,
      )}
      ${this.layers(step)}
      <text class="name" x=${left} y=${top - 5}>probability</text>
      ${this.scale(top, [
        { at: 0, label: `${Number((most * 100).toPrecision(3))}%` },
        { at: 1, label: '0' },
      ])}
      <text class="name" x=${left} y=${second - 5}>rank</text>
      ${this.scale(
        second,
        powersOfTen(lowest).map((rank) => ({
          at: Math.log10(rank) / Math.log10(lowest),
          label: count(rank),
        })),
      )}
      ${withActual ? this.line('actual', top, step, byProbability) : nothing}
      ${withActual ? this.line('actual', second, step, byRank) : nothing}
      ${this.line('final', top, step, byProbability)} ${this.line('final', second, step, byRank)}
      ${
        pointed === null
          ? nothing
          : svg`<line class="pointer" x1=${left + pointed * step} x2=${left + pointed * step} y1=${top} y2=${second + panelHeight}></line>`
      }
    </svg>`;
  }

  /** Names of the layers below, where there is room, and a fine line at the end of each. */
  private layers(step: number) {
    const { streams } = this.lens;
    const every = Math.max(1, Math.ceil(24 / (2 * step)));
    const bottom = top + panelHeight + gap + panelHeight;
    return streams.map(({ stream, layer }, i) => {
      if (stream !== 'residPost') return nothing;
      const x = left + i * step;
      return svg`<line class="grid" x1=${x} x2=${x} y1=${top} y2=${top + panelHeight}></line>
        <line class="grid" x1=${x} x2=${x} y1=${top + panelHeight + gap} y2=${bottom}></line>
        ${layer % every === 0 ? svg`<text class="middle" x=${x - step / 2} y=${bottom + 13}>L${layer}</text>` : nothing}`;
    });
  }

  private scale(y: number, ticks: { at: number; label: string }[]) {
    const { width } = this;
    return ticks.map(({ at, label }) => {
      const line = y + at * panelHeight;
      return svg`<line class=${at === 0 || at === 1 ? 'axis' : 'grid'} x1=${left} x2=${width - right} y1=${line} y2=${line}></line>
        <text class="end" x=${left - 5} y=${line + 3.5}>${label}</text>`;
    });
  }

  private line(which: 'final' | 'actual', y: number, step: number, place: Place) {
    const points = this.lens.streams.map((stream, i) => ({
      x: left + i * step,
      y: y + place(stream[which]!) * panelHeight,
    }));
    const at = points[this.pointed ?? points.length - 1] ?? points.at(-1)!;
    return svg`<polyline class="${which} line" points=${points.map((p) => `${p.x.toFixed(1)},${p.y.toFixed(1)}`).join(' ')}></polyline>
      <circle class="${which} dot" cx=${at.x} cy=${at.y} r="3"></circle>`;
  }

  private description(): string {
    const { streams, final } = this.lens;
    const first = streams[0]!.final;
    const last = streams.at(-1)!.final;
    return (
      `Probability and rank of ${displayToken(final.text)} along the layers: ` +
      `from ${percent(first.probability)}, rank ${count(first.rank)}, after the embedding to ` +
      `${percent(last.probability)} in the end; first for good after ${streamName(streams[this.decided]!)}.`
    );
  }

  private streamAt(x: number): number {
    const { length } = this.lens.streams;
    const step = (this.width - left - right) / Math.max(1, length - 1);
    return Math.max(0, Math.min(length - 1, Math.round((x - left) / step)));
  }

  private point(index: number | null): void {
    if (index !== this.pointed) this.dispatchEvent(new CustomEvent('point', { detail: index }));
  }
}

/** 1, 10, …, `lowest`: every second one where there are many. */
function powersOfTen(lowest: number): number[] {
  const most = Math.round(Math.log10(lowest));
  const every = most > 3 ? 2 : 1;
  return Array.from({ length: most + 1 }, (_, exponent) => exponent)
    .filter((exponent) => exponent % every === 0 || exponent === most)
    .filter((exponent) => exponent === most || most - exponent >= every)
    .map((exponent) => 10 ** exponent);
}
