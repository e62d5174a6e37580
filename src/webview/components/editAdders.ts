import { css, html, nothing } from 'lit';
import { customElement, property, query, state } from 'lit/decorators.js';
import type { Edit } from '../../protocol/interventions';
import { displayToken } from '../../tokenizer/tokenDisplay';
import { headName } from '../headName';
import './segmented';
import type { Segment } from './segmented';
import { StoreElement } from './storeElement';
import { shared } from './styles';

const ends: readonly Segment[] = [
  {
    value: 'tokens',
    label: 'Two tokens',
    title: 'The difference of two rows of the embedding',
  },
  {
    value: 'prompts',
    label: 'Two prompts',
    title: 'The difference of residPre of this layer after the last token of each',
  },
];

/** Quick ways to change the chosen head, its row of attention, and its layer. Fires `add`: edits. */
@customElement('fp-edit-adders')
export class EditAdders extends StoreElement {
  @property({ attribute: false }) edits: readonly Edit[] = [];
  @state() private between: 'tokens' | 'prompts' = 'tokens';
  @state() private fromHere = false;
  @query('#plus') private plus!: HTMLInputElement;
  @query('#minus') private minus!: HTMLInputElement;

  static override styles = [
    shared,
    css`
      dl {
        display: grid;
        grid-template-columns: max-content minmax(0, 1fr);
        gap: 5px 10px;
        margin: 0;
        align-items: baseline;
      }
      dt {
        color: var(--fp-muted);
        font-size: var(--fp-small);
        white-space: nowrap;
      }
      dt b {
        color: var(--vscode-foreground);
        font-weight: 600;
      }
      dd {
        display: flex;
        flex-wrap: wrap;
        gap: 4px;
        min-width: 0;
      }
      dd button.add {
        max-width: 100%;
        height: 22px;
        padding: 0 8px;
        overflow: hidden;
        border: 1px solid var(--vscode-button-border, var(--fp-border));
        border-radius: 3px;
        background: var(--vscode-button-secondaryBackground, transparent);
        color: var(--vscode-button-secondaryForeground, var(--vscode-foreground));
        font-size: var(--fp-small);
        text-overflow: ellipsis;
        white-space: nowrap;
        cursor: pointer;
      }
      dd button.add:hover:not(:disabled) {
        background: var(--vscode-button-secondaryHoverBackground, transparent);
        outline: 1px dashed var(--vscode-contrastActiveBorder, transparent);
        outline-offset: -1px;
      }
      dd button.add:disabled {
        opacity: 0.5;
        cursor: default;
      }
      fp-segmented {
        flex: 0 0 178px;
      }
      .words {
        display: flex;
        flex: 1 1 100%;
        align-items: center;
        gap: 5px;
        min-width: 0;
      }
      .words input {
        flex: 1 1 0;
        min-width: 0;
        height: 22px;
        padding: 0 6px;
        border: 1px solid var(--vscode-input-border, var(--vscode-contrastBorder, transparent));
        border-radius: 3px;
        background: var(--vscode-input-background);
        color: var(--vscode-input-foreground);
        font-family: var(--fp-mono);
        font-size: 12px;
      }
      label.check {
        display: flex;
        align-items: center;
        gap: 5px;
        min-width: 0;
        font-size: var(--fp-small);
        white-space: nowrap;
        cursor: pointer;
      }
      label.check input {
        margin: 0;
        accent-color: var(--fp-accent);
      }
      label.check bdi {
        max-width: 12ch;
        overflow: hidden;
        text-overflow: ellipsis;
      }
    `,
  ];

  override render() {
    const { store, between } = this;
    const { result } = store;
    const query = store.position;
    if (!result || query === null) return nothing;
    const { layer, head } = store.head;
    const { pointed } = store;
    const key = pointed && pointed.key <= query ? pointed.key : Math.max(0, query - 1);
    const name = (index: number) => displayToken(result.tokens[index]?.text ?? '');
    const place = { layer, head };
    const row = { kind: 'setPatternRow', ...place, query } as const;
    const here = headName(place);
    const heads = Array.from({ length: result.model.nHead }, (_, i) => i);
    return html`<dl>
      <dt>Head <b>${here}</b></dt>
      <dd>
        ${this.button('Off', `Put zero in the place of what ${here} writes`, [
          { kind: 'ablateHead', ...place, by: 'zero' },
        ])}
        ${this.button(
          'Mean',
          `Put its mean over all positions in the place of what ${here} writes`,
          [{ kind: 'ablateHead', ...place, by: 'mean' }],
        )}
        ${this.button('Scale', `Multiply what ${here} writes`, [
          { kind: 'scaleHead', ...place, factor: 2 },
        ])}
      </dd>
      <dt title="The attention of ${here} from the selected token">
        Its row at <bdi class="token">${clipped(name(query))}</bdi>
      </dt>
      <dd>
        ${this.button(
          `Only ${clipped(name(key))} (${key})`,
          'All attention to the token that is pointed at in the attention map',
          [{ ...row, to: { rule: 'only', key } }],
        )}
        ${this.button('Uniform', 'The same attention to every token that it sees', [
          { ...row, to: { rule: 'uniform' } },
        ])}
        ${this.button(
          'Without first',
          'No attention to the first token; the others keep their shares of what is left',
          [{ ...row, to: { rule: 'without', key: 0 } }],
          query === 0,
        )}
      </dd>
      <dt>Layer <b>L${layer}</b></dt>
      <dd>
        ${this.button(
          'Heads off',
          `Put zero in the place of what every head of layer ${layer} writes`,
          heads.map((own) => ({ kind: 'ablateHead', layer, head: own, by: 'zero' })),
        )}
        ${this.button('MLP off', `Put zero in the place of what the MLP of layer ${layer} writes`, [
          { kind: 'ablateMlp', layer, by: 'zero' },
        ])}
        ${this.button('MLP mean', 'Put its mean over all positions in its place', [
          { kind: 'ablateMlp', layer, by: 'mean' },
        ])}
        ${this.button('Scale attention', 'Multiply what all heads write together, bias included', [
          { kind: 'scaleAttention', layer, factor: 0.5 },
        ])}
      </dd>
      <dt title="Add a multiple of a direction to the residual stream before layer ${layer}">
        Steer <b>L${layer}</b>
      </dt>
      <dd>
        <fp-segmented
          label="A direction between"
          .segments=${ends}
          .value=${between}
          @choose=${(event: CustomEvent<'tokens' | 'prompts'>) => (this.between = event.detail)}
        ></fp-segmented>
        <label class="check" title="Else at every position"
          ><input
            type="checkbox"
            .checked=${this.fromHere}
            @change=${(event: Event) =>
              (this.fromHere = (event.target as HTMLInputElement).checked)}
          />from <bdi class="token">${name(query)}</bdi> on</label
        >
        <form class="words" @submit=${(event: Event) => this.steer(event, layer, query)}>
          <input
            id="minus"
            type="text"
            spellcheck="false"
            autocomplete="off"
            aria-label="Steer away from"
            placeholder=${between === 'tokens' ? 'from: a word' : 'from: a few words'}
          />
          <span class="muted" aria-hidden="true">→</span>
          <input
            id="plus"
            type="text"
            spellcheck="false"
            autocomplete="off"
            aria-label="Steer towards"
            placeholder=${between === 'tokens' ? 'to: a word' : 'to: a few words'}
          />
          <button class="add" type="submit">Add</button>
        </form>
      </dd>
    </dl>`;
  }

  private button(label: string, title: string, edits: Edit[], disabled = false) {
    return html`<button
      class="add"
      title=${title}
      ?disabled=${disabled}
      @click=${() => this.add(edits)}
    >
      ${label}
    </button>`;
  }

  private steer(event: Event, layer: number, query: number): void {
    event.preventDefault();
    const { plus, minus, between, fromHere } = this;
    const empty = [minus, plus].find(({ value }) => value === '');
    if (empty) {
      empty.focus();
      return;
    }
    const direction = { between, plus: plus.value, minus: minus.value };
    const factor = between === 'tokens' ? 4 : 2;
    this.add([{ kind: 'steer', layer, factor, from: fromHere ? query : 0, direction }]);
  }

  private add(edits: Edit[]): void {
    this.dispatchEvent(new CustomEvent('add', { detail: edits }));
  }
}

function clipped(text: string): string {
  return text.length > 12 ? `${text.slice(0, 11)}…` : text;
}
