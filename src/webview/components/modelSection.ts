import { css, html, nothing } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import type { Inspection } from '../../protocol/inspection';
import type { ConfigDescription } from '../../protocol/modelPage';
import { parameterSvg } from '../drawing/parameterSvg';
import type { Theme } from '../drawing/theme';
import { failureSentence } from '../failureSentence';
import { count } from '../format';
import {
  countsOf,
  type Fact,
  fidelityText,
  modelData,
  modelFacts,
  spokenCount,
} from '../modelData';
import type { SectionData } from '../sectionData';
import type { ConfigChoices } from '../state/choices/config';
import type { Loadable } from '../state/loader';
import { failure, failureStyles, way } from './failure';
import './parameterBar';
import './section';
import { PanelSection } from './panelSection';
import { shared } from './styles';

/** The values of the picker; a known model is chosen by its id. */
const own = ' own';
const file = ' file';

/** What a model is made of: the one that is loaded, one that many know, or any config.json. */
@customElement('fp-model-section')
export class ModelSection extends PanelSection {
  @property({ attribute: false }) theme!: Theme;
  @state() private failure: string | null = null;

  static override styles = [
    shared,
    failureStyles,
    css`
      :host {
        container-type: inline-size;
      }
      .pick {
        display: flex;
        flex-wrap: wrap;
        align-items: center;
        gap: 6px 12px;
      }
      select {
        max-width: 100%;
        min-width: 0;
        height: 24px;
        padding: 0 4px;
        border: 1px solid
          var(--vscode-dropdown-border, var(--vscode-contrastBorder, var(--fp-border)));
        border-radius: 3px;
        background: var(--vscode-dropdown-background);
        color: var(--vscode-dropdown-foreground);
        font: inherit;
      }
      h3 {
        margin: 12px 0 6px;
        font-size: 1.15em;
        font-weight: 600;
        overflow-wrap: anywhere;
      }
      h3 .muted {
        font-weight: 400;
        font-size: 0.87em;
        white-space: nowrap;
      }
      dl {
        display: grid;
        grid-template-columns: 96px minmax(0, 1fr);
        gap: 2px 12px;
        margin-bottom: 12px;
        line-height: 1.5;
      }
      @container (min-width: 560px) {
        dl {
          grid-template-columns: 96px minmax(0, 1fr) 96px minmax(0, 1fr);
        }
      }
      dt {
        color: var(--fp-muted);
      }
      dd {
        font-variant-numeric: tabular-nums;
        overflow-wrap: break-word;
      }
      dd.code {
        overflow: hidden;
        text-overflow: ellipsis;
        white-space: nowrap;
      }
      .fidelity {
        margin: -4px 0 12px;
        line-height: 1.45;
      }
      .check {
        display: flex;
        align-items: baseline;
        gap: 6px;
        margin-top: 10px;
        line-height: 1.45;
        cursor: pointer;
      }
      .check input {
        margin: 0;
        translate: 0 1px;
        accent-color: var(--fp-accent);
      }
      .source {
        margin-top: 8px;
        line-height: 1.45;
      }
    `,
  ];

  override render() {
    const { result } = this.store;
    if (!result) return nothing;
    const folded = this.store.choices.folded.includes('model');
    return html`<fp-section
      .store=${this.store}
      name="model"
      heading="Model"
      .data=${() => this.data(result)}
    >
      <span slot="aside">${spokenCount(result.model.parameters)} parameters</span>
      ${folded ? nothing : this.content(result)}
    </fp-section>`;
  }

  private content(result: Inspection) {
    const { place, untied } = this.chosen;
    const known = this.store.ask('knownModels', {});
    const answer = this.described(result);
    const value = place === null ? own : 'known' in place ? place.known : file;
    const source =
      known.status === 'ready' ? known.value.find(({ id }) => id === value)?.source : undefined;
    return html`<div class="pick">
        <select aria-label="Model to show" @change=${this.picked}>
          <option value=${own} ?selected=${value === own}>${result.model.name} (loaded)</option>
          ${
            known.status === 'ready'
              ? known.value.map(
                  ({ id, name }) =>
                    html`<option value=${id} ?selected=${value === id}>${name}</option>`,
                )
              : nothing
          }
          ${
            place !== null && 'path' in place
              ? html`<option value=${file} selected>${fileName(place.path)}</option>`
              : nothing
          }
        </select>
        <button
          class="link"
          title="Any model's config.json: its parameters are counted, weights are not needed"
          @click=${this.openConfig}
        >
          Open config.json…
        </button>
      </div>
      ${failure(this.failure)}
      ${
        answer.status === 'failed'
          ? failure(
              answer.message,
              way('Try again', () => this.store.retry('describeConfig')),
              way('Back to the loaded model', () => this.choose({ place: null })),
            )
          : answer.status === 'loading'
            ? html`<p class="small muted" role="status">Counting…</p>`
            : this.page(result, answer.value, untied, source)
      }`;
  }

  private page(
    result: Inspection,
    model: ConfigDescription,
    untied: boolean,
    source: string | undefined,
  ) {
    const counts = countsOf(model, untied);
    return html`<h3>
        ${model.name}
        <span class="muted number">${spokenCount(counts.parameters)} parameters</span>
      </h3>
      <dl>
        ${this.facts(result, model).map(
          ({ name, value, about }) =>
            html`<dt title=${about}>${name}</dt>
              <dd class=${name === 'SHA-256' ? 'code' : ''} title=${value}>${value}</dd>`,
        )}
      </dl>
      ${
        model === result.model
          ? html`<p
              class="fidelity small muted"
              title="Small models of the same family with random weights, computed by both; docs/fidelity.md has every one. Last bits differ between processors."
            >
              ${fidelityText(result.model)}
            </p>`
          : nothing
      }
      <fp-parameter-bar .counts=${counts} .theme=${this.theme}></fp-parameter-bar>
      ${
        model.untied
          ? html`<label class="check small">
              <input
                type="checkbox"
                .checked=${untied}
                @change=${(event: Event) =>
                  this.choose({ untied: (event.target as HTMLInputElement).checked })}
              />
              <span
                >As if untied: count the unembedding, another
                ${count(model.untied.parameters - model.parameters)}, as a matrix of its own</span
              >
            </label>`
          : nothing
      }
      ${source === undefined ? nothing : html`<p class="source small muted">${source}.</p>`}`;
  }

  private get chosen(): ConfigChoices {
    return this.store.choices.config;
  }

  private described({ model }: Inspection): Loadable<ConfigDescription> {
    const { place } = this.chosen;
    if (place === null) return { status: 'ready', value: model };
    return this.store.ask('describeConfig', place);
  }

  private facts({ model, run }: Inspection, shown: ConfigDescription): Fact[] {
    if (shown !== model) return modelFacts(shown, null, null);
    const hash = this.store.ask('weightsHash', { model: run.model });
    const sha256 =
      hash.status === 'ready' ? hash.value : hash.status === 'failed' ? hash.message : null;
    return modelFacts(model, model, sha256);
  }

  private data(result: Inspection): SectionData | null {
    const answer = this.described(result);
    if (answer.status !== 'ready') return null;
    const { untied } = this.chosen;
    const counts = countsOf(answer.value, untied);
    const picture = () => ({ kind: 'svg' as const, svg: parameterSvg(counts, this.theme) });
    return { ...modelData(answer.value, this.facts(result, answer.value), untied), picture };
  }

  private readonly picked = (event: Event) => {
    const { value } = event.target as HTMLSelectElement;
    this.failure = null;
    if (value === own) this.choose({ place: null });
    else if (value !== file) this.choose({ place: { known: value } });
  };

  private readonly openConfig = async () => {
    this.failure = null;
    try {
      const path = await this.store.request('openConfig', null);
      if (path !== null) this.choose({ place: { path } });
    } catch (error) {
      this.failure = failureSentence(error);
    }
  };

  private choose(change: Partial<ConfigChoices>): void {
    this.store.choose({ config: { ...this.chosen, ...change } });
  }
}

/** The last two parts of a path: files of this kind all have the same name. */
function fileName(path: string): string {
  return path.split(/[/\\]/).slice(-2).join('/');
}
