import { html, nothing } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import { repeat } from 'lit/directives/repeat.js';
import type { InspectedToken, Inspection } from '../../protocol/inspection';
import type { ActiveNeuron, NeuronMeasure } from '../../protocol/neurons';
import { displayToken } from '../../tokenizer/tokenDisplay';
import type { Theme } from '../drawing/theme';
import { askNeuron, askNeurons, type FoundNeurons } from '../neuronQuestions';
import { layerPieces, neuronData, neuronsData, readNeuronName } from '../neuronsData';
import type { SectionData } from '../sectionData';
import type { NeuronChoices } from '../state/choices/neurons';
import { failure, failureStyles, way } from './failure';
import './neuronDetail';
import './neuronRow';
import { neuronSectionStyles } from './neuronSectionStyles';
import './section';
import './segmented';
import type { Segment } from './segmented';
import './stepper';
import { PanelSection } from './panelSection';
import { shared } from './styles';

const scopes: readonly Segment[] = [
  { value: 'all', label: 'All layers', title: 'The strongest neurons of all layers' },
  { value: 'one', label: 'One layer', title: 'The strongest neurons of one layer' },
];

const measures: readonly Segment[] = [
  { value: 'activation', label: 'Activation', title: 'Ranked by |activation|' },
  {
    value: 'written',
    label: 'Written',
    title: 'Ranked by the length of what each writes: |activation| × ‖its output row‖',
  },
];

/** How many neurons there are, and how many more each "show more" brings. */
const more = 10;

/** Which neurons were active at the current token, and what they stand for. */
@customElement('fp-neuron-section')
export class NeuronSection extends PanelSection {
  @property({ attribute: false }) theme!: Theme;
  @state() private extra = 0;
  @state() private misread: string | null = null;

  /** Stays on show until the first neurons of the next position are there. */
  private last: { tokens: readonly InspectedToken[]; neurons: ActiveNeuron[] } | null = null;

  static override styles = [shared, failureStyles, neuronSectionStyles];

  override render() {
    const { store } = this;
    const { result, position } = store;
    const token = result?.tokens[position ?? -1];
    if (!result || !token) return nothing;
    const folded = store.choices.folded.includes('neurons');
    return html`<fp-section
      .store=${store}
      name="neurons"
      heading="Neurons"
      .data=${() => this.data(result, token)}
    >
      <span slot="aside">at <bdi class="token">${displayToken(token.text)}</bdi></span>
      ${folded ? nothing : this.content(result, token)}
    </fp-section>`;
  }

  private content(result: Inspection, token: InspectedToken) {
    const { store } = this;
    const { layer, by, open } = store.choices.neurons;
    const found = this.found(result, token.index);
    if (found.neurons.length > 0) this.last = { tokens: result.tokens, neurons: found.neurons };
    const kept = this.last?.tokens === result.tokens ? this.last.neurons : [];
    const isOld = found.neurons.length === 0;
    const shown = isOld ? kept : found.neurons;
    const values = shown.map(({ activation, written }) =>
      by === 'activation' ? activation : written,
    );
    const domain = [Math.min(0, ...values), Math.max(0, ...values)] as const;
    const isOpen = (neuron: ActiveNeuron) =>
      neuron.layer === open?.layer && neuron.neuron === open.neuron;
    const openIsListed = shown.some(isOpen);

    return html`<div class="pick">
        <fp-segmented
          label="Layers"
          .segments=${scopes}
          .value=${layer === null ? 'all' : 'one'}
          @choose=${({ detail }: CustomEvent<string>) =>
            this.choose({ layer: detail === 'all' ? null : store.head.layer })}
        ></fp-segmented>
        ${
          layer === null
            ? nothing
            : html`<fp-stepper
                label="Layer"
                .value=${Math.min(layer, result.model.nLayer - 1)}
                .count=${result.model.nLayer}
                @step=${({ detail }: CustomEvent<number>) =>
                  this.choose({ layer: within(layer + detail, result.model.nLayer) })}
                @value=${({ detail }: CustomEvent<number>) => this.choose({ layer: detail })}
              ></fp-stepper>`
        }
        <fp-segmented
          label="Rank by"
          .segments=${measures}
          .value=${by}
          @choose=${({ detail }: CustomEvent<NeuronMeasure>) => this.choose({ by: detail })}
        ></fp-segmented>
      </div>
      ${open && !openIsListed ? this.detail(result, open) : nothing}
      <ol
        class=${isOld ? 'waiting' : ''}
        aria-label="Most active neurons"
        aria-busy=${found.awaited === null ? 'false' : 'true'}
      >
        ${repeat(
          shown,
          ({ name }) => name,
          (neuron) =>
            html`<li>
              <fp-neuron-row
                .neuron=${neuron}
                .by=${by}
                .domain=${domain}
                .theme=${this.theme}
                ?open=${isOpen(neuron)}
                @toggle=${() => this.choose({ open: isOpen(neuron) ? null : placeOf(neuron) })}
              ></fp-neuron-row>
              ${isOpen(neuron) ? this.detail(result, neuron) : nothing}
            </li>`,
        )}
      </ol>
      ${
        found.failure !== null
          ? failure(
              found.failure,
              way('Try again', () => store.retry('neurons')),
            )
          : html`<p class="note small muted" role="status">
              ${found.awaited === null ? meaning : `Looking through ${found.awaited}…`}
            </p>`
      }
      ${this.foot(found)}`;
  }

  private foot(found: FoundNeurons) {
    const shownAll = found.neurons.length < more + this.extra;
    return html`<div class="foot small">
        <label
          >Neuron
          <input
            type="text"
            placeholder="L0N0"
            spellcheck="false"
            title="A neuron to look at along the text, such as L3N124; Enter shows it"
            @keydown=${(event: KeyboardEvent) => {
              if (event.key === 'Enter') this.lookAt(event.target as HTMLInputElement);
            }}
          />
        </label>
        <div class="links">
          ${
            this.extra > 0
              ? html`<button class="link" @click=${() => (this.extra = 0)}>Show fewer</button>`
              : nothing
          }
          ${
            shownAll
              ? nothing
              : html`<button class="link" @click=${() => (this.extra += more)}>Show more</button>`
          }
        </div>
      </div>
      ${failure(this.misread)}`;
  }

  private detail(result: Inspection, { layer, neuron }: { layer: number; neuron: number }) {
    const answer = askNeuron(this.store, result, { layer, neuron });
    switch (answer.status) {
      case 'loading':
        return html`<p class="note small muted" role="status">Looking along the text…</p>`;
      case 'failed':
        return failure(
          `L${layer}N${neuron}: ${answer.message}`,
          way('Try again', () => this.store.retry('neuron')),
          way('Close', () => this.choose({ open: null })),
        );
      case 'ready':
        return html`<fp-neuron-detail
          .neuron=${answer.value}
          .tokens=${result.tokens}
          .position=${this.store.position}
          .theme=${this.theme}
          @choose=${(event: CustomEvent<number>) => void this.store.select(event.detail)}
        ></fp-neuron-detail>`;
    }
  }

  private found(result: Inspection, position: number): FoundNeurons {
    return askNeurons(this.store, result, position, more + this.extra);
  }

  /** As a table: the neuron that is looked at, else the list. */
  private data(result: Inspection, token: InspectedToken): SectionData | null {
    const { layer, by, open } = this.store.choices.neurons;
    if (open) {
      const answer = askNeuron(this.store, result, open);
      return answer.status === 'ready' ? neuronData(answer.value, result.tokens) : null;
    }
    const { neurons } = this.found(result, token.index);
    const layers = layerPieces(result.model.nLayer, layer).flat();
    return neurons.length > 0 ? neuronsData(token, layers, by, neurons) : null;
  }

  private lookAt(input: HTMLInputElement): void {
    const open = readNeuronName(input.value);
    this.misread = open ? null : `"${input.value}" is no neuron's name. Write one such as L0N12.`;
    if (!open) return;
    input.value = '';
    this.choose({ open });
  }

  private choose(change: Partial<NeuronChoices>): void {
    this.store.choose({ neurons: { ...this.store.choices.neurons, ...change } });
  }
}

const meaning =
  '+ and −: tokens whose logits a neuron’s output raises and lowers most, after the final norm’s gain.';

function within(value: number, count: number): number {
  return Math.max(0, Math.min(count - 1, value));
}

function placeOf({ layer, neuron }: ActiveNeuron) {
  return { layer, neuron };
}
