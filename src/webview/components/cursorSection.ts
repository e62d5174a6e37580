import { css, html, nothing } from 'lit';
import { customElement } from 'lit/decorators.js';
import type { CursorAnswer } from '../../protocol/typing';
import { displayToken } from '../../tokenizer/tokenDisplay';
import { nextCandidates } from '../distribution';
import { bits, counted } from '../format';
import type { SectionData } from '../sectionData';
import './distributionBars';
import './section';
import { PanelSection } from './panelSection';
import { shared } from './styles';

/** What the model expects at the cursor of the editor, live; there while that is switched on. */
@customElement('fp-cursor-section')
export class CursorSection extends PanelSection {
  static override styles = [
    shared,
    css`
      :host {
        border-bottom: 1px solid var(--fp-section-border);
      }
      .prediction {
        max-width: 640px;
      }
      .line {
        display: flex;
        margin: 2px 0 8px;
        padding: 3px 6px;
        border: 1px solid var(--vscode-contrastBorder, transparent);
        border-radius: 3px;
        background: var(--fp-track);
        font-family: var(--fp-mono);
        font-size: var(--fp-mono-size);
        white-space: pre;
      }
      .text {
        display: flex;
        flex: 0 1 auto;
        justify-content: flex-end;
        min-width: 0;
        overflow: hidden;
      }
      .text bdi {
        flex: none;
      }
      .caret {
        flex: none;
        width: 2px;
        margin-left: 1px;
        background: var(--vscode-editorCursor-foreground, currentColor);
      }
      .waiting fp-distribution-bars,
      .waiting .text {
        opacity: 0.6;
      }
      .summary {
        margin-top: 8px;
      }
      .failed {
        padding-left: 8px;
        border-left: 2px solid var(--vscode-errorForeground);
      }
    `,
  ];

  override render() {
    const { store } = this;
    const cursor = store.state?.cursor;
    if (!cursor) return nothing;
    const { shown, waiting, note, failed } = cursor;
    const data = () => (shown ? sectionData(shown) : null);
    return html`<fp-section
      .store=${store}
      name="cursor"
      heading="At the cursor"
      .data=${shown ? data : null}
    >
      <span slot="aside">${shown?.source ?? nothing}</span>
      ${
        shown
          ? html`<div
              class="prediction ${waiting ? 'waiting' : ''}"
              aria-busy=${waiting ? 'true' : 'false'}
            >
              ${textLine(shown)}
              <fp-distribution-bars
                .candidates=${nextCandidates(shown.next)}
                .value=${store.choices.barValue}
              ></fp-distribution-bars>
              <p class="summary muted small">
                ${waiting ? 'Before the last change; reading…' : summary(shown)}
              </p>
            </div>`
          : html`<p class="small ${failed ? 'failed' : 'muted'}" role="status">
              ${note ?? 'Reading the text before the cursor…'}
            </p>`
      }
    </fp-section>`;
  }
}

/** The words before the cursor, their end in sight, and the cursor. */
function textLine({ before }: CursorAnswer) {
  return html`<p class="line">
    <span class="visually-hidden">The text before the cursor ends with: </span
    ><span class="text"><bdi>${displayLine(before)}</bdi></span
    ><span class="caret" aria-hidden="true"></span>
  </p>`;
}

/** Spaces stay what they are but at the end, where they make another next token. */
function displayLine(text: string): string {
  const words = text.trimEnd();
  const shown = words.split(' ').map(displayToken).join(' ');
  return shown + displayToken(text.slice(words.length));
}

function summary({ model, tokens, readFrom, entropy }: CursorAnswer): string {
  const from = readFrom === null ? '' : `, from ${readFrom} on`;
  return `${model.name}: entropy ${bits(entropy)}; ${counted(tokens, 'token')} read${from}.`;
}

function sectionData({
  source,
  before,
  next,
  entropy,
  tokens,
  readFrom,
}: CursorAnswer): SectionData {
  return {
    name: 'at-the-cursor',
    of: 'cursor',
    columns: ['rank', 'token', 'id', 'probability', 'logprob', 'logit'],
    rows: next.map(({ id, text, probability, logprob, logit }, i) => [
      i + 1,
      displayToken(text),
      id,
      probability,
      logprob,
      logit,
    ]),
    json: { source, before, next, entropy, tokens, readFrom },
  };
}
