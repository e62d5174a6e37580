import type { PassOptions } from '../gpt/betweenStages';
import type { Model } from '../gpt/model';
import { PrefixCache } from '../gpt/prefixCache';

/** The text that is typed, and one that the cursor comes back to. */
const mostTexts = 2;

/**
 * The texts that were read last while somebody typed. Bounded in number and in bytes; the last one
 * stays whatever its size.
 */
export class TypedTexts {
  /** Read last at the end. */
  private texts: PrefixCache[] = [];

  constructor(
    private readonly model: Model,
    private readonly maxBytes: number,
  ) {}

  /**
   * The row of the last residual stream after the last token, and how many tokens had to be computed.
   *
   * @throws the signal's reason when it aborts between two layers; what is known by then stays known.
   */
  async read(
    ids: readonly number[],
    options: PassOptions,
  ): Promise<{ row: Float32Array /* [nEmbd] */; computed: number }> {
    const text = this.closest(ids) ?? new PrefixCache(this.model);
    this.texts = [...this.texts.filter((known) => known !== text), text].slice(-mostTexts);
    const computed = ids.length - text.shared(ids);
    try {
      return { row: await text.read(ids, options), computed };
    } finally {
      const bytes = this.texts.reduce((sum, text) => sum + text.bytes, 0);
      if (bytes > this.maxBytes) this.texts = [text];
    }
  }

  /** The known text that shares most, unless more of it would be lost than is shared. */
  private closest(ids: readonly number[]): PrefixCache | undefined {
    let best: { text: PrefixCache; shared: number } | undefined;
    for (const text of this.texts) {
      const shared = text.shared(ids);
      if (shared > (best?.shared ?? 0)) best = { text, shared };
    }
    if (!best) return undefined;
    const lost = best.shared === ids.length ? 0 : best.text.length - best.shared;
    return lost <= best.shared ? best.text : undefined;
  }
}
