import { css, html } from 'lit';
import { customElement } from 'lit/decorators.js';
import '@vscode-elements/elements/dist/vscode-button/index.js';
import { StoreElement } from './storeElement';
import { shared } from './styles';

const keys = navigator.userAgent.includes('Mac') ? ['⌘K', '⌘G'] : ['Ctrl+K', 'Ctrl+G'];

/** What is shown before anything was inspected. */
@customElement('fp-welcome')
export class Welcome extends StoreElement {
  static override styles = [
    shared,
    css`
      :host {
        padding: 20px var(--fp-pad) 24px;
        max-width: 460px;
        line-height: 1.5;
      }
      p + p {
        margin-top: 10px;
      }
      vscode-button {
        display: block;
        width: 100%;
        max-width: 300px;
        margin: 16px 0 12px;
      }
      kbd {
        display: inline-block;
        padding: 1px 5px;
        margin: 0 1px;
        border: 1px solid var(--vscode-keybindingLabel-border, var(--fp-border));
        border-bottom-color: var(--vscode-keybindingLabel-bottomBorder, var(--fp-border));
        border-radius: 3px;
        background: var(--vscode-keybindingLabel-background);
        color: var(--vscode-keybindingLabel-foreground);
        font: inherit;
        font-size: 11px;
        line-height: 1.3;
      }
      .model {
        overflow-wrap: anywhere;
      }
      .will {
        margin-top: 20px;
      }
      ul {
        margin: 6px 0 0;
        padding-left: 18px;
      }
      li + li {
        margin-top: 3px;
      }
    `,
  ];

  override render() {
    return html`
      <p>Select some text in an editor and see what a GPT makes of it.</p>
      <vscode-button block @click=${() => this.store.command('inspectSelection')}
        >Inspect Selection</vscode-button
      >
      <p class="muted">
        or press ${keys.map((key) => html`<kbd>${key}</kbd> `)} in the editor; with nothing
        selected, the line up to the cursor is read.
      </p>
      <p class="model">
        <span class="muted">Model:</span> ${this.store.state?.settings.modelName ?? ''}
        <button class="link" @click=${() => this.store.command('chooseModel')}>Choose…</button>
      </p>
      <div class="will muted">
        Here you will see, computed on your machine:
        <ul>
          <li>the tokens, and how well each was expected</li>
          <li>what comes next, with live temperature, top-k and top-p</li>
          <li>where each attention head looked</li>
        </ul>
      </div>
    `;
  }
}
