import { css, html, nothing } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import type { HeadSummary } from '../../protocol/attention';
import type { Inspection } from '../../protocol/inspection';
import type { Theme } from '../drawing/theme';
import { headKinds, type ScoredHead, scoreText } from '../headKinds';
import { headName } from '../headName';
import type { HeadPlace } from '../headSteps';
import type { SectionData } from '../sectionData';
import type { PanelStore } from '../state/store';
import './headGrid';
import './headPicks';
import './section';
import { StoreElement } from './storeElement';
import { shared } from './styles';

/** Side of a thumbnail as it is asked for; what is drawn may be smaller. */
const thumbnailSize = 64;

/** Every head of every layer at a glance, and the heads that stand out. */
@customElement('fp-heads-section')
export class HeadsSection extends StoreElement {
  @property({ attribute: false }) theme!: Theme;
  @state() private looked: HeadPlace | null = null;
  private last: { result: Inspection; summaries: (HeadSummary | null)[] } | null = null;

  static override styles = [
    shared,
    css`
      .views {
        display: flex;
        flex-wrap: wrap;
        gap: 8px 20px;
        align-items: flex-start;
      }
      fp-head-grid {
        flex: 1 1 var(--fp-grid-basis, 230px);
        min-width: 0;
      }
      fp-head-picks {
        flex: 1 1 220px;
        margin-top: 14px;
      }
      .readout {
        min-height: 1.6em;
        margin: 4px 0 4px;
        line-height: 1.6;
        overflow: hidden;
        text-overflow: ellipsis;
        white-space: nowrap;
      }
      .readout b {
        font-weight: 600;
        margin-right: 6px;
      }
      .foot {
        margin-top: 8px;
        line-height: 1.4;
      }
      .failed {
        padding-left: 8px;
        border-left: 2px solid var(--vscode-errorForeground);
        color: var(--vscode-foreground);
        margin: 8px 0;
        line-height: 1.45;
      }
    `,
  ];

  override render() {
    const { store } = this;
    const { result } = store;
    if (!result) return nothing;
    const { nLayer, nHead } = result.model;
    const folded = store.choices.folded.includes('heads');
    const { summaries: answers, failure } = folded
      ? { summaries: nothingYet(nLayer), failure: null }
      : askForSummaries(store, nLayer);
    const summaries = this.keep(result, answers);
    const there = answers.filter((answer) => answer !== null).length;
    const scored = scoredHeads(summaries);
    const place = store.head;
    const together = store.choices.heads !== 'one';

    return html`<fp-section
      .store=${store}
      name="heads"
      heading="Attention heads"
      .data=${() => this.data(scored)}
    >
      <span slot="aside">${nLayer} × ${nHead}</span>
      <p class="readout small" role="status">${this.readout(scored)}</p>
      <div class="views">
        <fp-head-grid
          label="Attention patterns of all heads: layers down, heads across"
          .summaries=${summaries}
          .heads=${nHead}
          .chosen=${place}
          ?together=${together}
          ?logarithmic=${store.choices.logarithmic}
          .theme=${this.theme}
          .describe=${(at: HeadPlace) => spoken(at, summaries)}
          @choose=${this.chosen}
          @look=${(event: CustomEvent<HeadPlace | null>) => (this.looked = event.detail)}
        ></fp-head-grid>
        <fp-head-picks
          .heads=${scored}
          .chosen=${together ? null : place}
          @choose=${this.chosen}
        ></fp-head-picks>
      </div>
      ${
        failure === null
          ? nothing
          : html`<p class="failed small" role="alert">
              ${failure}
              <button class="link" @click=${() => store.retry('headSummary')}>
                ${there > 0 ? 'Go on' : 'Try again'}
              </button>
            </p>`
      }
      <p class="foot small muted">
        ${there < nLayer && failure === null ? `${there} of ${nLayer} layers. ` : nothing}Queries
        down, keys across; a dot of a picture is the largest weight that it
        covers${
          store.choices.hideFirst || store.choices.weighted
            ? ', and its brightest the largest of its head'
            : nothing
        }.
        <button class="link" @click=${this.toTable}>All scores as a table</button>
      </p>
    </fp-section>`;
  }

  private readout(scored: readonly ScoredHead[]) {
    const { layer, head } = this.looked ?? this.store.head;
    const own = scored.find((other) => other.layer === layer && other.head === head);
    const scores = ['induction', 'sameToken', 'previousToken', 'firstToken', 'entropy'] as const;
    const words = ['induction', 'same', 'previous', 'first', 'entropy'];
    return html`<b>${headName({ layer, head })}</b>${
        own
          ? scores.map(
              (score, i) =>
                html`<span class="muted">${words[i]}</span>
                  <span class="number">${scoreText(score, own.scores[score])}</span>${
                    i < scores.length - 1 ? html`<span class="muted"> · </span>` : ' bits'
                  }`,
            )
          : html`<span class="muted">…</span>`
      }`;
  }

  /** Pictures stay until those with other options are there. */
  private keep(result: Inspection, answers: (HeadSummary | null)[]): (HeadSummary | null)[] {
    const before = this.last?.result === result ? this.last.summaries : [];
    const summaries = answers.map((answer, layer) => answer ?? before[layer] ?? null);
    this.last = { result, summaries };
    return summaries;
  }

  private data(scored: readonly ScoredHead[]): SectionData | null {
    if (scored.length === 0) return null;
    const { store } = this;
    const { layer, head } = store.head;
    const at = scored.findIndex((other) => other.layer === layer && other.head === head);
    return {
      name: 'heads',
      columns: ['Head', ...columns.map(({ name }) => name)],
      rows: scored.map(({ scores, ...place }) => [
        headName(place),
        ...columns.map(({ score }) =>
          score === 'entropy' ? scores.entropy / Math.LN2 : scores[score],
        ),
      ]),
      json: {
        tokens: store.result!.tokens.length,
        heads: scored.map(({ scores, ...place }) => ({
          name: headName(place),
          ...place,
          ...scores,
        })),
      },
      choose: (row) => store.choose({ ...placeOf(scored[row]!), heads: 'one' }),
      chosen: store.choices.heads === 'one' && at >= 0 ? at : null,
    };
  }

  private readonly chosen = (event: CustomEvent<HeadPlace>) =>
    this.store.choose({ ...event.detail, heads: 'one' });

  private readonly toTable = () =>
    this.store.choose({ tables: [...this.store.choices.tables, 'heads'] });
}

/** The columns of the table: each score once. */
const columns = [
  ...headKinds.filter(({ score }) => score !== 'entropy'),
  { name: 'Entropy (bits)', score: 'entropy' as const },
];

/** One layer after the other: what is there, and the first failure. */
function askForSummaries(store: PanelStore, nLayer: number) {
  const { run } = store.result!;
  const { hideFirst, weighted } = store.choices;
  const summaries = nothingYet(nLayer);
  for (let layer = 0; layer < nLayer; layer++) {
    const params = { run, layer, size: thumbnailSize, hideFirst, weighted };
    const answer = store.ask('headSummary', params);
    if (answer.status === 'failed') return { summaries, failure: answer.message };
    if (answer.status === 'loading') break;
    summaries[layer] = answer.value;
  }
  return { summaries, failure: null };
}

function nothingYet(nLayer: number): (HeadSummary | null)[] {
  return new Array<HeadSummary | null>(nLayer).fill(null);
}

function scoredHeads(summaries: readonly (HeadSummary | null)[]): ScoredHead[] {
  return summaries.flatMap((summary) =>
    summary ? summary.scores.map((scores, head) => ({ layer: summary.layer, head, scores })) : [],
  );
}

function spoken(place: HeadPlace, summaries: readonly (HeadSummary | null)[]): string {
  const scores = summaries[place.layer]?.scores[place.head];
  if (!scores) return `${headName(place)}, not there yet`;
  const said = columns
    .filter(({ score }) => scores[score] !== null)
    .map(({ name, score }) => `${name.toLowerCase()} ${scoreText(score, scores[score])}`);
  return `${headName(place)}: ${said.join(', ')}`;
}

function placeOf({ layer, head }: ScoredHead): HeadPlace {
  return { layer, head };
}
