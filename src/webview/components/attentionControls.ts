import { css, html, nothing } from 'lit';
import { customElement } from 'lit/decorators.js';
import { stepHead, stepLayer } from '../headSteps';
import type { Choices } from '../state/choices';
import type { HeadsTogether } from '../state/choices/attention';
import './segmented';
import type { Segment } from './segmented';
import './stepper';
import { StoreElement } from './storeElement';
import { shared } from './styles';

const together: readonly Segment[] = [
  { value: 'one', label: 'Head', title: 'One head alone' },
  { value: 'mean', label: 'Mean', title: 'The mean over all heads of the layer' },
  { value: 'max', label: 'Max', title: 'The largest weight of all heads of the layer' },
  {
    value: 'rollout',
    label: 'Rollout',
    title:
      'Attention rollout (Abnar & Zuidema 2020): how much of each token reaches a position through all layers up to this one, half kept and half mixed by the mean of the heads',
  },
];

const views: readonly Segment[] = [
  { value: 'map', label: 'Map', title: 'Queries down, keys across' },
  { value: 'lines', label: 'Lines', title: 'Lines from the tokens that look to those looked at' },
];

const scales: readonly Segment[] = [
  { value: 'linear', label: 'Linear', title: 'Colours by weight' },
  {
    value: 'log',
    label: 'Log',
    title: 'Colours by the order of magnitude: four powers of ten below the largest',
  },
];

/** Which pattern is on show, and how. */
@customElement('fp-attention-controls')
export class AttentionControls extends StoreElement {
  static override styles = [
    shared,
    css`
      .line {
        display: flex;
        flex-wrap: wrap;
        align-items: center;
        gap: 6px 10px;
        margin-bottom: 6px;
      }
      /* Segments measure their own container: they need a width to begin with. */
      .together {
        flex: 0 0 168px;
      }
      .views {
        flex: 0 0 82px;
      }
      .scales {
        flex: 0 0 80px;
      }
      label {
        display: flex;
        align-items: center;
        gap: 5px;
        font-size: var(--fp-small);
        white-space: nowrap;
        cursor: pointer;
      }
      label.off {
        opacity: 0.5;
        cursor: default;
      }
      input[type='checkbox'] {
        margin: 0;
        accent-color: var(--fp-accent);
      }
    `,
  ];

  override render() {
    const { store } = this;
    const { result, choices } = store;
    if (!result) return nothing;
    const { nLayer, nHead } = result.model;
    const { layer, head } = store.head;
    const rollout = choices.heads === 'rollout';
    return html`<div class="line">
        <fp-stepper
          label="Layer"
          .value=${layer}
          .count=${nLayer}
          @step=${(event: CustomEvent<number>) =>
            store.choose(stepLayer(store.head, event.detail, result.model))}
          @value=${(event: CustomEvent<number>) => store.choose({ layer: event.detail })}
        ></fp-stepper>
        <fp-stepper
          label="Head"
          .value=${head}
          .count=${nHead}
          @step=${(event: CustomEvent<number>) =>
            store.choose({ ...stepHead(store.head, event.detail, result.model), heads: 'one' })}
          @value=${(event: CustomEvent<number>) =>
            store.choose({ head: event.detail, heads: 'one' })}
        ></fp-stepper>
        <fp-segmented
          class="together"
          label="One head, or the heads of the layer together"
          .segments=${together}
          .value=${choices.heads}
          @choose=${(event: CustomEvent<HeadsTogether>) => store.choose({ heads: event.detail })}
        ></fp-segmented>
        <fp-segmented
          class="views"
          label="Show attention as"
          .segments=${views}
          .value=${choices.attentionView}
          @choose=${(event: CustomEvent<Choices['attentionView']>) =>
            store.choose({ attentionView: event.detail })}
        ></fp-segmented>
      </div>
      <div class="line">
        <fp-segmented
          class="scales"
          label="Scale of the colours"
          .segments=${scales}
          .value=${choices.logarithmic ? 'log' : 'linear'}
          @choose=${(event: CustomEvent<string>) =>
            store.choose({ logarithmic: event.detail === 'log' })}
        ></fp-segmented>
        ${this.check(
          'Hide first token',
          'Leaves the first token out, where attention goes when it finds nothing; colours are scaled to the rest',
          'hideFirst',
        )}
        ${this.check(
          'Weight by values',
          rollout
            ? 'Rollout has no weighting by values'
            : 'Multiplies each weight by the norm of what it moves, ‖α · v W_O‖ (Kobayashi et al. 2020)',
          'weighted',
          rollout,
        )}
      </div>`;
  }

  private check(name: string, title: string, choice: 'hideFirst' | 'weighted', disabled = false) {
    const { store } = this;
    return html`<label title=${title} class=${disabled ? 'off' : ''}>
      <input
        type="checkbox"
        ?disabled=${disabled}
        .checked=${store.choices[choice] && !disabled}
        @change=${(event: Event) =>
          store.choose({ [choice]: (event.target as HTMLInputElement).checked })}
      />
      ${name}
    </label>`;
  }
}
