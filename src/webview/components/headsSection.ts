import { css, html, nothing } from 'lit';
import { customElement, property, query, state } from 'lit/decorators.js';
import type { HeadSummary } from '../../protocol/attention';
import type { Inspection } from '../../protocol/inspection';
import type { Theme } from '../drawing/theme';
import { gridRoom } from '../drawing/thumbnails';
import { counted } from '../format';
import { type ScoredHead, scoreText, scoreWords } from '../headKinds';
import { headName } from '../headName';
import { headsData } from '../headsData';
import type { HeadPlace } from '../headSteps';
import type { SectionData } from '../sectionData';
import type { PanelStore } from '../state/store';
import { cssProperties } from './cssProperties';
import { failure, failureStyles, way } from './failure';
import './headGrid';
import type { HeadGrid } from './headGrid';
import './headPicks';
import './section';
import { PanelSection } from './panelSection';
import { shared } from './styles';

/** Side of a thumbnail as it is asked for; what is drawn may be smaller. */
const thumbnailSize = 64;

/** Every head of every layer at a glance, and the heads that stand out. */
@customElement('fp-heads-section')
export class HeadsSection extends PanelSection {
  @property({ attribute: false }) theme!: Theme;
  @state() private looked: HeadPlace | null = null;
  @query('fp-head-grid') private grid!: HeadGrid | null;
  private last: { result: Inspection; summaries: (HeadSummary | null)[] } | null = null;
  /** Those of the last summaries that are there. */
  private scored: readonly ScoredHead[] = [];

  static override styles = [
    shared,
    failureStyles,
    css`
      :host {
        container-type: inline-size;
      }
      .views {
        display: flex;
        flex-wrap: wrap;
        gap: 4px 24px;
        align-items: flex-start;
      }
      fp-head-grid {
        flex: 0 1 var(--room);
        min-width: 0;
      }
      fp-head-picks {
        flex: 1 1 290px;
        margin-top: 12px;
      }
      .readout {
        display: flex;
        flex-wrap: wrap;
        gap: 0 10px;
        align-content: flex-start;
        min-height: 1.6em;
        margin: 2px 0 6px;
        line-height: 1.6;
        white-space: nowrap;
      }
      .readout b {
        font-weight: 600;
      }
      /* Room for what wraps, so that nothing moves while heads are looked at. */
      @container (max-width: 530px) {
        .readout {
          min-height: 3.2em;
        }
      }
      @container (max-width: 350px) {
        .readout {
          min-height: 4.8em;
        }
      }
      .foot {
        margin-top: 8px;
        line-height: 1.4;
      }
    `,
  ];

  override render() {
    const { store } = this;
    const { result, choices } = store;
    if (!result) return nothing;
    const { nLayer, nHead } = result.model;
    const { summaries: answers, failed } = choices.folded.includes('heads')
      ? { summaries: nothingYet(nLayer), failed: null }
      : askForSummaries(store, nLayer);
    const summaries = this.keep(result, answers);
    const there = answers.filter((answer) => answer !== null).length;
    const { layer, head } = store.head;
    const chosenHead = choices.heads === 'one' ? head : null;

    return html`<fp-section
      .store=${store}
      name="heads"
      heading="Attention heads"
      .data=${this.data}
    >
      <span slot="aside" title="${counted(nLayer, 'layer')} of ${counted(nHead, 'head')} each"
        >${nLayer} × ${nHead}</span
      >
      <p class="readout small" role="status">${this.readout()}</p>
      <div class="views">
        <fp-head-grid
          label="Attention patterns of all heads: layers down, heads across"
          .summaries=${summaries}
          .heads=${nHead}
          .layer=${layer}
          .head=${chosenHead}
          .windows=${result.model.attentionWindow}
          .tokens=${result.tokens.length}
          ?logarithmic=${choices.logarithmic}
          .theme=${this.theme}
          .describe=${spoken}
          ${cssProperties({ '--room': `${gridRoom(nHead)}px` })}
          @choose=${this.chosen}
          @look=${(event: CustomEvent<HeadPlace | null>) => (this.looked = event.detail)}
        ></fp-head-grid>
        <fp-head-picks
          .heads=${this.scored}
          .layer=${layer}
          .head=${chosenHead}
          @choose=${this.chosen}
        ></fp-head-picks>
      </div>
      ${failure(
        failed,
        way(there > 0 ? 'Go on' : 'Try again', () => store.retry('headSummary')),
      )}
      <p class="foot small muted">
        ${there < nLayer && failed === null ? `${there} of ${nLayer} layers. ` : nothing}Queries
        down, keys across; a dot is the largest weight that it
        covers${
          result.model.attentionWindow.some((size) => size !== null && size < result.tokens.length)
            ? '; outside a layer’s window there is none'
            : nothing
        }${
          choices.hideFirst || choices.weighted
            ? ', the brightest one the largest of its head'
            : nothing
        }.
        <button class="link" @click=${this.toTable}>All scores as a table</button>
      </p>
    </fp-section>`;
  }

  /** The head that is pointed at, else the chosen one, with its scores. */
  private readout() {
    const { store } = this;
    if (!this.looked && store.choices.heads !== 'one') {
      return html`<b>${headName(store.attention)}</b>`;
    }
    const { layer, head } = this.looked ?? store.head;
    const own = this.scored.find((other) => other.layer === layer && other.head === head);
    return html`<b>${headName({ layer, head })}</b>${
        own
          ? scoreWords.map(
              ([score, word, title]) =>
                html`<span title=${title}
                  ><span class="muted">${word}</span>
                  <span class="number">${scoreText(score, own.scores[score])}</span></span
                >`,
            )
          : html`<span class="muted">…</span>`
      }`;
  }

  /** Pictures stay until those with other options are there. */
  private keep(result: Inspection, answers: (HeadSummary | null)[]): (HeadSummary | null)[] {
    const before = this.last?.result === result ? this.last.summaries : null;
    const summaries = answers.map((answer, layer) => answer ?? before?.[layer] ?? null);
    // The same list while nothing has come, so that nothing is rendered for it.
    if (before && summaries.every((summary, layer) => summary === before[layer])) return before;
    this.last = { result, summaries };
    this.scored = scoredHeads(summaries);
    return summaries;
  }

  private readonly data = (): SectionData | null => {
    const { store, scored } = this;
    const { result } = store;
    if (!result || scored.length === 0) return null;
    const { layer, head } = store.head;
    const at = scored.findIndex((other) => other.layer === layer && other.head === head);
    return {
      ...headsData(scored, result.tokens.length),
      choose: (row) => {
        const { layer: ownLayer, head: ownHead } = scored[row]!;
        store.choose({ layer: ownLayer, head: ownHead, heads: 'one' });
      },
      chosen: store.choices.heads === 'one' && at >= 0 ? at : null,
      picture: () => this.grid?.picture() ?? null,
    };
  };

  private readonly chosen = (event: CustomEvent<HeadPlace>) =>
    this.store.choose({ ...event.detail, heads: 'one' });

  private readonly toTable = () =>
    this.store.choose({ tables: [...this.store.choices.tables, 'heads'] });
}

/** One layer after the other: what is there, and the first failure. */
function askForSummaries(store: PanelStore, nLayer: number) {
  const { run } = store.result!;
  const { hideFirst, weighted } = store.choices;
  const summaries = nothingYet(nLayer);
  for (let layer = 0; layer < nLayer; layer++) {
    const params = { run, layer, size: thumbnailSize, hideFirst, weighted };
    const answer = store.ask('headSummary', params);
    if (answer.status === 'failed') return { summaries, failed: answer.message };
    if (answer.status === 'loading') break;
    summaries[layer] = answer.value;
  }
  return { summaries, failed: null };
}

function nothingYet(nLayer: number): (HeadSummary | null)[] {
  return new Array<HeadSummary | null>(nLayer).fill(null);
}

function scoredHeads(summaries: readonly (HeadSummary | null)[]): ScoredHead[] {
  return summaries.flatMap((summary) =>
    summary ? summary.scores.map((scores, head) => ({ layer: summary.layer, head, scores })) : [],
  );
}

/** A head for those who hear it. */
function spoken(place: HeadPlace, summary: HeadSummary | null): string {
  const scores = summary?.scores[place.head];
  if (!scores) return `${headName(place)}, not there yet`;
  const said = scoreWords
    .filter(([score]) => scores[score] !== null)
    .map(([score, word]) => `${word} ${scoreText(score, scores[score])}`);
  return `${headName(place)}: ${said.join(', ')}`;
}
