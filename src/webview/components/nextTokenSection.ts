import { css, html, nothing } from 'lit';
import { customElement, state } from 'lit/decorators.js';
import { type Candidates, FullDistribution, type Kept, summaryCandidates } from '../distribution';
import { bits, count, percent } from '../format';
import type { SectionData } from '../sectionData';
import { type BarValue, isPlain, plainSampling } from '../state/choices/nextToken';
import { displayToken } from '../../tokenizer/tokenDisplay';
import './distributionBars';
import { icon } from './icons';
import './samplingControls';
import './section';
import './segmented';
import type { Segment } from './segmented';
import { PanelSection } from './panelSection';
import { shared } from './styles';
import type { Sampling } from '../../protocol/inspection';

const values: readonly Segment[] = [
  { value: 'probability', label: 'Probability', title: 'Under the chosen sampling' },
  {
    value: 'logprob',
    label: 'Logprob',
    title: "Natural logarithm of the model's own probability: full vocabulary, temperature 1",
  },
  { value: 'logit', label: 'Logit', title: "The model's output before softmax" },
];

/** How many more rows each "show more" brings. */
const more = 20;

/** What comes after the current token, under a sampling that can be changed live. */
@customElement('fp-next-token-section')
export class NextTokenSection extends PanelSection {
  @state() private extra = 0;

  private full: { logits: Float32Array; distribution: FullDistribution } | null = null;

  static override styles = [
    shared,
    css`
      .summary {
        display: flex;
        gap: 8px;
        justify-content: space-between;
        margin: 10px 0 8px;
        line-height: 1.45;
        min-height: 2.9em;
      }
      .foot {
        display: flex;
        flex-wrap: wrap;
        align-items: center;
        gap: 6px 14px;
        margin-top: 8px;
      }
      .links {
        display: flex;
        gap: 12px;
        margin-left: auto;
      }
      fp-segmented {
        flex: 0 1 230px;
      }
      .key i {
        font-style: normal;
        color: var(--fp-actual);
      }
      .key .tick {
        display: inline-block;
        width: 2px;
        height: 10px;
        margin-right: 2px;
        background: var(--vscode-foreground);
      }
      .failed {
        padding-left: 8px;
        border-left: 2px solid var(--vscode-errorForeground);
        color: var(--vscode-foreground);
      }
    `,
  ];

  override render() {
    const { store } = this;
    const tokens = store.result?.tokens ?? [];
    const token = tokens[store.position ?? -1];
    if (!token) return nothing;
    const next = tokens[token.index + 1];
    const { sampling, barValue, folded } = store.choices;
    const rows = (store.state?.settings.topK ?? 10) + this.extra;

    // Nothing is asked of the host for a section that is folded.
    const isFolded = folded.includes('nextToken');
    const logits = isFolded ? null : store.logits();
    const vocabulary = isFolded ? null : store.vocabulary();
    const failure = [logits, vocabulary].find((answer) => answer?.status === 'failed');
    const full =
      logits?.status === 'ready' && vocabulary?.status === 'ready'
        ? this.distribution(logits.value)
        : null;
    const candidates: Candidates =
      full && vocabulary?.status === 'ready'
        ? full.candidates(sampling, rows, vocabulary.value, next)
        : summaryCandidates(token, next);

    const compared = full !== null && !isPlain(sampling);

    const data = (): SectionData => ({
      name: `next-token-${token.index}`,
      columns: ['rank', 'token', 'id', 'probability', "model's own", 'logprob', 'logit'],
      rows: candidates.rows.map((row) => [
        row.rank,
        displayToken(row.text),
        row.id,
        row.probability,
        row.own,
        row.logprob,
        row.logit,
      ]),
      json: { position: token.index, sampling, next: candidates.rows, kept: candidates.kept },
    });

    return html`<fp-section .store=${store} name="nextToken" heading="Next token" .data=${data}>
      <span slot="aside">after <bdi class="token">${displayToken(token.text)}</bdi></span>
      <fp-sampling-controls .sampling=${sampling} @sampling=${this.sampled}></fp-sampling-controls>
      <div class="summary muted small">
        <p role="status" class=${failure ? 'failed' : ''}>
          ${
            failure?.status === 'failed'
              ? html`${failure.message}
                  <button class="link" @click=${() => store.retry('logits', 'vocabulary')}>
                    Try again
                  </button>`
              : summary(sampling, candidates.kept, full)
          }
        </p>
        <button
          class="tool"
          title="Back to the model's own distribution"
          aria-label="Reset temperature, top-k and top-p"
          ?disabled=${isPlain(sampling)}
          @click=${() => store.choose({ sampling: plainSampling })}
        >
          ${icon('discard')}
        </button>
      </div>
      <fp-distribution-bars
        .candidates=${candidates}
        .value=${barValue}
        ?compared=${compared}
        continuable="button"
        @continue=${({ detail }: CustomEvent<number>) => store.continueWith(detail)}
      ></fp-distribution-bars>
      <div class="foot">
        <fp-segmented
          label="Number beside each bar"
          .segments=${values}
          .value=${barValue}
          @choose=${this.valued}
        ></fp-segmented>
        ${
          next
            ? html`<span class="key small muted"><i>▸</i> what the text goes on with</span>`
            : nothing
        }
        ${
          compared
            ? html`<span class="key small muted"><i class="tick"></i> the model's own</span>`
            : nothing
        }
        <div class="links small">
          ${
            this.extra > 0
              ? html`<button class="link" @click=${() => (this.extra = 0)}>Show fewer</button>`
              : nothing
          }
          ${
            full && candidates.rows.length < full.vocabulary
              ? html`<button class="link" @click=${() => (this.extra += more)}>Show more</button>`
              : nothing
          }
        </div>
      </div>
    </fp-section>`;
  }

  private distribution(logits: Float32Array): FullDistribution {
    if (this.full?.logits !== logits) {
      this.full = { logits, distribution: new FullDistribution(logits) };
    }
    return this.full.distribution;
  }

  private readonly sampled = (event: CustomEvent<Sampling>) =>
    this.store.choose({ sampling: event.detail });

  private readonly valued = (event: CustomEvent<BarValue>) =>
    this.store.choose({ barValue: event.detail });
}

/** Says plainly what the bars are a distribution over. */
function summary(sampling: Sampling, kept: Kept | null, full: FullDistribution | null) {
  if (!full || !kept) {
    return isPlain(sampling)
      ? "The model's own probabilities, over the full vocabulary."
      : "The model's own probabilities, until all logits are here.";
  }
  if (isPlain(sampling)) {
    return `The model's own probabilities, over all ${count(full.vocabulary)} tokens; entropy ${bits(full.entropy)}.`;
  }
  if (sampling.temperature === 0) {
    return 'Temperature 0 is greedy: always the most likely token.';
  }
  const at = sampling.temperature === 1 ? '' : `At temperature ${sampling.temperature}: `;
  const what =
    kept.tokens === full.vocabulary
      ? `all ${count(full.vocabulary)} tokens kept.`
      : `kept ${count(kept.tokens)} of ${count(full.vocabulary)} tokens, ${percent(kept.mass)} of the distribution; renormalised.`;
  return at === '' ? what[0]!.toUpperCase() + what.slice(1) : at + what;
}
