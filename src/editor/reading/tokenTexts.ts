import type { EngineConnection } from '../../protocol/engine';
import type { ModelRef } from '../../protocol/inspection';
import type { TokenRequests } from '../../protocol/token';

/** What an id stands for. */
export type VocabularyToken = TokenRequests['tokensOfIds']['result'][number];

/** Enough for what a person points at in a day; a model's whole vocabulary would fit too. */
const MOST = 100_000;

/** What ids of the vocabulary stand for, asked of the engine once for each. */
export class TokenTexts {
  private folder = '';
  private known = new Map<number, VocabularyToken>();

  constructor(private readonly engine: EngineConnection) {}

  /** In the order of the ids. Answers at once where all were asked for before. */
  async of(
    model: ModelRef,
    ids: readonly number[],
    signal: AbortSignal,
  ): Promise<VocabularyToken[]> {
    if (model.folder !== this.folder || this.known.size > MOST) {
      this.folder = model.folder;
      this.known = new Map();
    }
    const { known } = this;
    const missing = [...new Set(ids)].filter((id) => !known.has(id));
    if (missing.length > 0) {
      const tokens = await this.engine.request('tokensOfIds', { model, ids: missing }, { signal });
      for (const token of tokens) known.set(token.id, token);
    }
    return ids.map((id) => known.get(id)!);
  }

  /** Forgets all: another model may lie in the same folder. */
  clear(): void {
    this.known.clear();
  }
}

/** A token's text as it can be written into a document; null where it is not whole characters. */
export function writableText({ text, bytes }: VocabularyToken): string | null {
  const written = Buffer.from(bytes).toString('utf8');
  return written === text && written !== '' ? written : null;
}
