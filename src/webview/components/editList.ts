import { css, html, LitElement, nothing } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import type { InspectedToken } from '../../protocol/inspection';
import type { Edit, SteeringLength } from '../../protocol/interventions';
import { editChange, editChangeLessFactor, editPart, factorOf } from '../editWords';
import { figure } from '../format';
import { icon } from './icons';
import { shared } from './styles';

/** Ends of the sliders of factors. */
const scaleEnd = 3;
const steerEnd = 20;

/** What is changed, one chip for each edit. Fires `edits` with the new list. */
@customElement('fp-edit-list')
export class EditList extends LitElement {
  @property({ attribute: false }) edits: readonly Edit[] = [];
  @property({ attribute: false }) tokens: readonly InspectedToken[] = [];
  @property({ attribute: false }) steering: readonly SteeringLength[] = [];

  static override styles = [
    shared,
    css`
      ul {
        display: flex;
        flex-wrap: wrap;
        gap: 4px;
        margin: 0;
        padding: 0;
        list-style: none;
      }
      li {
        display: flex;
        align-items: center;
        gap: 6px;
        min-width: 0;
        max-width: 100%;
        height: 24px;
        padding-left: 8px;
        border: 1px solid var(--fp-changed);
        border-radius: 12px;
        font-size: var(--fp-small);
        white-space: nowrap;
      }
      li.turned {
        flex: 1 1 100%;
      }
      b {
        font-weight: 600;
      }
      .change {
        min-width: 0;
        overflow: hidden;
        text-overflow: ellipsis;
      }
      .turned .change {
        flex: 1 1 auto;
      }
      input[type='range'] {
        flex: 0 8 150px;
        min-width: 40px;
        height: 14px;
        margin: 0;
        accent-color: var(--fp-changed);
        cursor: pointer;
      }
      li input[type='number'] {
        flex: none;
        width: 52px;
        height: 18px;
        font-size: var(--fp-small);
      }
      .tool {
        flex: none;
        min-width: 22px;
        height: 22px;
        border-radius: 11px;
      }
    `,
  ];

  override render() {
    return html`<ul aria-label="Changes">
      ${this.edits.map((edit, index) => this.chip(edit, index))}
    </ul>`;
  }

  private chip(edit: Edit, index: number) {
    const factor = factorOf(edit);
    const part = editPart(edit);
    const change = editChange(edit, this.tokens);
    const length = this.steering.find((own) => own.edit === index);
    const title = length
      ? `${part} ${change}\nThe direction is ${figure(length.length)} long; ` +
        `residPre there is ${figure(length.residPre)} at the median position.`
      : `${part} ${change}`;
    return html`<li class=${factor === null ? '' : 'turned'} title=${title}>
      <b>${part}</b
      ><bdi class="change"
        >${factor === null ? change : editChangeLessFactor(edit, this.tokens)}</bdi
      >
      ${factor === null ? nothing : this.turn(edit, index, factor, `${part} ${change}`)}
      <button
        class="tool"
        aria-label="Remove ${part} ${change}"
        title="Remove"
        @click=${() => this.tell(this.edits.filter((_, i) => i !== index))}
      >
        ${icon('close')}
      </button>
    </li>`;
  }

  private turn(edit: Edit, index: number, factor: number, name: string) {
    const end = edit.kind === 'steer' ? steerEnd : scaleEnd;
    const step = edit.kind === 'steer' ? 0.5 : 0.05;
    const set = (event: Event) => {
      const { valueAsNumber } = event.target as HTMLInputElement;
      if (Number.isNaN(valueAsNumber)) this.requestUpdate();
      else
        this.tell(
          this.edits.map((other, i) => (i === index ? turned(other, valueAsNumber) : other)),
        );
    };
    return html`<input
        type="range"
        aria-label="Factor of ${name}, slider"
        min=${-end}
        max=${end}
        step=${step}
        .value=${String(factor)}
        @input=${set}
      /><input
        type="number"
        aria-label="Factor of ${name}"
        step=${step}
        .value=${String(factor)}
        @change=${set}
      />`;
  }

  private tell(edits: readonly Edit[]): void {
    this.dispatchEvent(new CustomEvent('edits', { detail: edits }));
  }
}

function turned(edit: Edit, factor: number): Edit {
  return 'factor' in edit ? { ...edit, factor } : edit;
}
