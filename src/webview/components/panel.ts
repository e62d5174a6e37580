import { css, html, nothing } from 'lit';
import { customElement, state } from 'lit/decorators.js';
import { onAppearanceChange, readTheme } from '../drawing/readTheme';
import type { Theme } from '../drawing/theme';
import './attentionSection';
import './attributionSection';
import './banner';
import './changesSection';
import './continueSection';
import './cursorSection';
import './compareSection';
import './documentSection';
import './embeddingSection';
import './header';
import './headsSection';
import './lensSection';
import './modelSection';
import './neuronSection';
import './nextTokenSection';
import './patchingSection';
import { StoreElement } from './storeElement';
import { shared } from './styles';
import './tokenSection';
import './welcome';
import './whatIfSection';

/** The whole panel. A new view of the inspection is one more section in one of the columns. */
@customElement('fp-panel')
export class Panel extends StoreElement {
  @state() private theme: Theme = readTheme();
  private stopWatching: (() => void) | null = null;

  static override styles = [
    shared,
    css`
      :host {
        container-type: inline-size;
        --fp-pad: 12px;
        --fp-small: 11px;
        --fp-mono: var(--vscode-editor-font-family, monospace);
        --fp-mono-size: var(--vscode-editor-font-size, 13px);
        --fp-surface: var(--vscode-sideBar-background, var(--vscode-editor-background));
        /* Quieter than the text in every theme (in some, descriptions are not), above 4.5 : 1. */
        --fp-muted: color-mix(in srgb, var(--vscode-foreground) 74%, var(--fp-surface));
        --fp-border: var(
          --vscode-contrastBorder,
          var(--vscode-widget-border, var(--vscode-panel-border))
        );
        --fp-section-border: var(
          --vscode-contrastBorder,
          var(--vscode-sideBarSectionHeader-border, var(--vscode-panel-border))
        );
        --fp-accent: var(--vscode-charts-blue);
        --fp-changed: var(--vscode-charts-orange, var(--vscode-editorWarning-foreground));
        --fp-actual: var(--vscode-charts-green);
        --fp-attention: color-mix(in srgb, var(--vscode-editor-foreground) 80%, transparent);
        --fp-track: color-mix(in srgb, var(--vscode-foreground) 10%, transparent);
        --fp-hatch: color-mix(in srgb, var(--vscode-editor-foreground) 30%, transparent);
        color: var(--vscode-foreground);
        font-family: var(--vscode-font-family);
        font-size: var(--vscode-font-size);
        line-height: 1.4;
      }
      :host-context([data-place='tab']) {
        --fp-surface: var(--vscode-editor-background);
      }
      .columns {
        display: grid;
        grid-template-columns: minmax(0, 1fr);
      }
      @container (min-width: 820px) {
        .columns {
          grid-template-columns: minmax(0, 1fr) minmax(0, 1fr);
          max-width: 1480px;
        }
        .columns > div + div {
          border-left: 1px solid var(--fp-section-border);
        }
      }
    `,
  ];

  override connectedCallback(): void {
    super.connectedCallback();
    this.stopWatching = onAppearanceChange(() => (this.theme = readTheme()));
  }

  override disconnectedCallback(): void {
    this.stopWatching?.();
    super.disconnectedCallback();
  }

  override render() {
    const { store, theme } = this;
    const { state: shown } = store;
    return html`
      <fp-banner .store=${store}></fp-banner>
      <fp-changes-section .store=${store} .theme=${theme}></fp-changes-section>
      <fp-document-section .store=${store} .theme=${theme}></fp-document-section>
      ${shown?.cursor ? html`<fp-cursor-section .store=${store}></fp-cursor-section>` : nothing}
      ${
        shown?.inspection
          ? html`<fp-header .store=${store}></fp-header>
              <div class="columns">
                <div>
                  <fp-token-section .store=${store} .theme=${theme}></fp-token-section>
                  <fp-next-token-section .store=${store}></fp-next-token-section>
                  <fp-continue-section .store=${store}></fp-continue-section>
                  <fp-compare-section .store=${store} .theme=${theme}></fp-compare-section>
                  <fp-embedding-section .store=${store} .theme=${theme}></fp-embedding-section>
                  <fp-model-section .store=${store} .theme=${theme}></fp-model-section>
                </div>
                <div>
                  <fp-heads-section .store=${store} .theme=${theme}></fp-heads-section>
                  <fp-attention-section .store=${store} .theme=${theme}></fp-attention-section>
                  <fp-lens-section .store=${store} .theme=${theme}></fp-lens-section>
                  <fp-attribution-section .store=${store} .theme=${theme}></fp-attribution-section>
                  <fp-neuron-section .store=${store} .theme=${theme}></fp-neuron-section>
                  <fp-what-if-section .store=${store} .theme=${theme}></fp-what-if-section>
                  <fp-patching-section .store=${store} .theme=${theme}></fp-patching-section>
                </div>
              </div>`
          : shown && !shown.busy
            ? html`<fp-welcome .store=${store}></fp-welcome>`
            : nothing
      }
    `;
  }
}
