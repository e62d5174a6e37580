import { css, html, LitElement, svg } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import type { ParameterCounts } from '../../protocol/modelPage';
import { cssColor } from '../drawing/color';
import { componentColor } from '../drawing/componentColors';
import type { Theme } from '../drawing/theme';
import { count, percent } from '../format';
import { cssProperties } from './cssProperties';
import { shared } from './styles';

const barHeight = 26;

/** A model's parameters as one bar, cut by component, and as a list. */
@customElement('fp-parameter-bar')
export class ParameterBar extends LitElement {
  @property({ attribute: false }) counts!: ParameterCounts;
  @property({ attribute: false }) theme!: Theme;
  @state() private pointed: string | null = null;

  static override styles = [
    shared,
    css`
      svg {
        display: block;
        width: 100%;
        border-radius: 3px;
      }
      ol {
        list-style: none;
        display: grid;
        grid-template-columns: 12px minmax(0, 1fr) max-content minmax(60px, max-content);
        gap: 0 8px;
        margin-top: 8px;
      }
      li {
        display: grid;
        grid-column: 1 / -1;
        grid-template-columns: subgrid;
        align-items: center;
        height: 21px;
        border-radius: 3px;
      }
      li.pointed {
        background: var(--vscode-list-hoverBackground);
        outline: 1px dashed var(--vscode-contrastActiveBorder, transparent);
        outline-offset: -1px;
      }
      i {
        width: 11px;
        height: 11px;
        border-radius: 2px;
        background: var(--color);
        border: 1px solid var(--vscode-contrastBorder, transparent);
      }
      .name {
        overflow: hidden;
        text-overflow: ellipsis;
        white-space: nowrap;
      }
      .number {
        text-align: right;
      }
      .all {
        border-top: 1px solid var(--fp-border);
        border-radius: 0;
        margin-top: 3px;
        padding-top: 3px;
        height: 25px;
        font-weight: 600;
      }
    `,
  ];

  override render() {
    const { parameters, parametersByComponent } = this.counts;
    return html`${this.bar()}
      <ol aria-label="Parameters by component">
        ${parametersByComponent.map(
          ({ component, parameters: size }) =>
            html`<li
              class=${component === this.pointed ? 'pointed' : ''}
              @pointerenter=${() => (this.pointed = component)}
              @pointerleave=${() => (this.pointed = null)}
            >
              <i
                aria-hidden="true"
                ${cssProperties({ '--color': cssColor(componentColor(this.theme, component)) })}
              ></i>
              <span class="name" title=${component}>${component}</span>
              <span class="number">${count(size)}</span>
              <span class="number muted">${percent(size / parameters)}</span>
            </li>`,
        )}
        <li class="all">
          <span></span><span>all</span><span class="number">${count(parameters)}</span
          ><span class="number muted">100%</span>
        </li>
      </ol>`;
  }

  private bar() {
    const { parameters, parametersByComponent } = this.counts;
    const { theme } = this;
    // In thousandths of the width, so that the drawing scales to any.
    let from = 0;
    const parts = parametersByComponent.map(({ component, parameters: size }) => {
      const width = (size / parameters) * 1000;
      const part = { component, size, from, width };
      from += width;
      return part;
    });
    return html`<svg
      viewBox="0 0 1000 ${barHeight}"
      height=${barHeight}
      preserveAspectRatio="none"
      role="img"
      aria-label="${count(parameters)} parameters by component"
    >
      ${parts.map(
        ({ component, size, from: x, width }) =>
          svg`<rect x=${x} y="0" width=${width} height=${barHeight}
            fill=${cssColor(componentColor(theme, component))}
            fill-opacity=${this.pointed === null || this.pointed === component ? 1 : 0.35}
            @pointerenter=${() => (this.pointed = component)}
            @pointerleave=${() => (this.pointed = null)}>
            <title>${`${component}: ${count(size)} (${percent(size / parameters)})`}</title>
          </rect>
          <rect x=${x} y="0" width="1.5" height=${x === 0 ? 0 : barHeight}
            fill=${cssColor(theme.background)}></rect>`,
      )}
    </svg>`;
  }
}
