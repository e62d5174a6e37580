import { css, html, LitElement } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import type { Sampling } from '../../protocol/inspection';
import { plainSampling } from '../state/choices/nextToken';
import { cssProperties } from './cssProperties';
import { shared } from './styles';

/** The stops of the top-k slider; its right end keeps all. */
const topKStops = [1, 2, 3, 5, 10, 20, 40, 50, 100, 200, 500, 1000];

/** Temperature, top-k and top-p, each as a slider and as a number. Fires `sampling`. */
@customElement('fp-sampling-controls')
export class SamplingControls extends LitElement {
  @property({ attribute: false }) sampling: Sampling = plainSampling;

  static override styles = [
    shared,
    css`
      .grid {
        display: grid;
        grid-template-columns: auto minmax(40px, 1fr) 52px;
        align-items: center;
        gap: 4px 10px;
      }
      label {
        white-space: nowrap;
      }
      input[type='range'] {
        appearance: none;
        width: 100%;
        min-width: 0;
        height: 16px;
        margin: 0;
        background: none;
        cursor: pointer;
      }
      input[type='range']::-webkit-slider-runnable-track {
        height: 3px;
        border-radius: 2px;
        background: linear-gradient(
          to right,
          var(--fp-accent) var(--filled),
          var(--fp-track) var(--filled)
        );
      }
      input[type='range']::-webkit-slider-thumb {
        appearance: none;
        width: 12px;
        height: 12px;
        margin-top: -4.5px;
        border: 2px solid var(--fp-accent);
        border-radius: 50%;
        background: var(--fp-surface);
      }
      input[type='range']:focus-visible {
        outline: none !important;
      }
      input[type='range']:focus-visible::-webkit-slider-thumb {
        outline: 1px solid var(--vscode-focusBorder);
        outline-offset: 2px;
      }
    `,
  ];

  override render() {
    const { temperature, topK, topP } = this.sampling;
    const stop = topK === null ? topKStops.length : nearestStop(topK);
    return html`<div class="grid">
      <label for="temperature" title="0 is greedy; 1 is the model's own distribution"
        >Temperature</label
      >
      ${slider('Temperature', 0, 2, 0.05, temperature, (value) => this.set({ temperature: value }))}
      <input
        id="temperature"
        type="number"
        min="0"
        max="2"
        step="0.05"
        .value=${String(temperature)}
        @change=${(event: Event) =>
          this.set({ temperature: read(event, 0, 2) ?? plainSampling.temperature })}
      />
      <label for="topK" title="Keep the k most likely tokens">Top-k</label>
      ${slider('Top-k', 0, topKStops.length, 1, stop, (value) =>
        this.set({ topK: topKStops[value] ?? null }),
      )}
      <input
        id="topK"
        type="number"
        min="1"
        step="1"
        placeholder="all"
        .value=${topK === null ? '' : String(topK)}
        @change=${(event: Event) => {
          const value = read(event, 1, Number.MAX_SAFE_INTEGER);
          this.set({ topK: value === null ? null : Math.round(value) });
        }}
      />
      <label for="topP" title="Keep the fewest tokens that reach this probability together"
        >Top-p</label
      >
      ${slider('Top-p', 0, 1, 0.01, topP, (value) => this.set({ topP: value }))}
      <input
        id="topP"
        type="number"
        min="0"
        max="1"
        step="0.01"
        .value=${String(topP)}
        @change=${(event: Event) => this.set({ topP: read(event, 0, 1) ?? plainSampling.topP })}
      />
    </div>`;
  }

  private set(change: Partial<Sampling>): void {
    this.tell({ ...this.sampling, ...change });
  }

  private tell(sampling: Sampling): void {
    this.requestUpdate(); // a number that was corrected is written back
    this.dispatchEvent(new CustomEvent('sampling', { detail: sampling }));
  }
}

function slider(
  name: string,
  min: number,
  max: number,
  step: number,
  value: number,
  set: (value: number) => void,
) {
  return html`<input
    type="range"
    aria-label="${name}, slider"
    min=${min}
    max=${max}
    step=${step}
    .value=${String(value)}
    ${cssProperties({ '--filled': `${((value - min) / (max - min)) * 100}%` })}
    @input=${(event: Event) => set((event.target as HTMLInputElement).valueAsNumber)}
  />`;
}

function nearestStop(topK: number): number {
  const stop = topKStops.findIndex((value) => value >= topK);
  return stop === -1 ? topKStops.length - 1 : stop;
}

/** The number in a field, within its limits; null where there is none. */
function read(event: Event, least: number, most: number): number | null {
  const value = (event.target as HTMLInputElement).valueAsNumber;
  return Number.isNaN(value) ? null : Math.max(least, Math.min(most, value));
}
