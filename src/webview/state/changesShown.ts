import type { ChangedHunk, ChangedTokens, DocumentChanges } from '../../protocol/documentChanges';
import { comparedHunk } from '../changesData';
import type { ComparedSide, ComparedTexts } from '../comparedTexts';
import { Loader } from './loader';
import type { PanelStore } from './store';

/** Answers of each kind that stay at hand. */
const kept = 8;

/** A hunk's tokens in both versions. */
export interface HunkTokens {
  /** Of the changes that they are of. */
  version: number;
  texts: ComparedTexts<ComparedSide>;
  /** Index of the first in the text now. */
  first: number;
  /** They are only the hunk's beginning. */
  cut: boolean;
}

/**
 * What the panel knows of the changes on show: the hunks, the one that is chosen, and its tokens. After
 * an edit, what was known stays until there is more; the chosen hunk is the one in the same place of
 * the text before, which is still the same.
 */
export class ChangesShown {
  /** Of the last version that they are known of; null before that. */
  hunks: { version: number; value: readonly ChangedHunk[] } | null = null;
  /** The index of the chosen one; null for none. */
  chosen: number | null = null;
  /** Of the chosen one, in the last version that they are known of; null until they are there. */
  tokens: HunkTokens | null = null;
  /** Why the hunks or the tokens cannot be had, as a sentence. */
  failure: string | null = null;

  private readonly hunkAnswers: Loader<ChangedHunk[]>;
  private readonly tokenAnswers: Loader<HunkTokens>;

  constructor(
    private readonly store: PanelStore,
    changed: () => void,
  ) {
    this.hunkAnswers = new Loader(kept, changed);
    this.tokenAnswers = new Loader(kept, changed);
  }

  /** Another comparison begins. */
  clear(): void {
    this.hunkAnswers.clear();
    this.tokenAnswers.clear();
    this.hunks = this.chosen = this.tokens = this.failure = null;
  }

  /** Looks at a hunk, or at none. */
  choose(hunk: number | null): void {
    if (hunk !== this.chosen) this.tokens = null;
    this.chosen = hunk;
  }

  /** Takes what is there, and asks for what is not: to be called when it is drawn. */
  update(changes: DocumentChanges): void {
    this.failure = null;
    if (!changes.figures) {
      this.hunks = this.tokens = null;
      return;
    }
    const { version } = changes;
    const hunks = this.hunkAnswers.get(`${version}`, () =>
      this.store.request('changedHunks', { version }),
    );
    if (hunks.status === 'failed') this.failure = hunks.message;
    if (hunks.status !== 'ready') return;
    if (this.hunks?.version !== version) {
      this.chosen = followed(this.chosen, this.hunks?.value, hunks.value);
      this.hunks = { version, value: hunks.value };
    }
    this.updateTokens(version, changes.figures.model);
  }

  /** Asks again for what failed. */
  retry(): void {
    this.hunkAnswers.retry();
    this.tokenAnswers.retry();
  }

  private updateTokens(version: number, model: ComparedSide['model']): void {
    const hunk = this.chosen;
    if (hunk === null) {
      this.tokens = null;
      return;
    }
    const tokens = this.tokenAnswers.get(`${version}/${hunk}`, async () =>
      hunkTokens(version, model, await this.store.request('changedTokens', { version, hunk })),
    );
    if (tokens.status === 'ready') this.tokens = tokens.value;
    if (tokens.status !== 'failed') return;
    this.tokens = null;
    this.failure = tokens.message;
  }
}

function hunkTokens(
  version: number,
  model: ComparedSide['model'],
  both: { before: ChangedTokens; after: ChangedTokens },
): HunkTokens {
  const { before, after } = both;
  const cut = before.cut || after.cut;
  return { version, texts: comparedHunk(model, both), first: after.first, cut };
}

/** The chosen hunk among those of a later version. */
function followed(
  chosen: number | null,
  old: readonly ChangedHunk[] | undefined,
  hunks: readonly ChangedHunk[],
): number | null {
  const line = chosen === null ? undefined : old?.[chosen]?.linesBefore.line;
  const hunk = hunks.findIndex(({ linesBefore }) => linesBefore.line === line);
  return hunk >= 0 ? hunk : null;
}
