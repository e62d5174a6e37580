import { betweenStages, type PassOptions } from './betweenStages';
import type { Model } from './model';
import type { KeysValues } from './probes/cachedBlock';
import { embeddingAt } from './probes/embeddingAt';
import { followingBlock } from './probes/followingBlock';

/** Room for so many tokens at first; it doubles when it is full. */
const firstRoom = 64;
/**
 * Rows that are computed at once: as many as make a product of matrices fast, and few enough that a
 * cancelled reading loses little.
 */
const chunkRows = 128;

/**
 * A text that is read again and again while it is edited. Nothing in a token's keys and values
 * depends on what comes later, so whatever the last reading has in common with the next one, from the
 * beginning on, is not computed again: a key press costs the row or two that it changed.
 */
export class PrefixCache {
  /** What was read last, and is known. */
  private ids: readonly number[] = [];
  private room = 0;
  private layers: KeysValues[] = []; // [nLayer], k [nHead, dHead, room], v [nHead, room, dHead]
  /** The last residual stream: [room, nEmbd]. */
  private rows = new Float32Array(0);

  constructor(private readonly model: Model) {}

  /** Tokens that are known. */
  get length(): number {
    return this.ids.length;
  }

  get bytes(): number {
    const kept = this.layers.reduce((sum, { k, v }) => sum + k.byteLength + v.byteLength, 0);
    return kept + this.rows.byteLength;
  }

  /** How many tokens from the first on are known already. */
  shared(ids: readonly number[]): number {
    let length = 0;
    while (length < ids.length && length < this.ids.length && ids[length] === this.ids[length]) {
      length++;
    }
    return length;
  }

  /**
   * The row of the last residual stream after the last token. Where all of them are known and more
   * than they, those stay known.
   *
   * @param ids at least one token, at most `nCtx`.
   * @throws the signal's reason when it aborts between two layers; what is known by then stays so.
   */
  async read(ids: readonly number[], options: PassOptions = {}): Promise<Float32Array> {
    const { nEmbd, nCtx } = this.model.config;
    if (ids.length < 1 || ids.length > nCtx) {
      throw new RangeError(`A pass takes 1 to ${nCtx} tokens, not ${ids.length}.`);
    }
    const shared = this.shared(ids);
    if (shared < ids.length) {
      this.ids = ids.slice(0, shared);
      this.makeRoom(ids.length);
      for (let start = shared; start < ids.length; start += chunkRows) {
        await this.follow(ids.slice(start, start + chunkRows), options);
      }
    }
    return this.rows.slice((ids.length - 1) * nEmbd, ids.length * nEmbd);
  }

  /** Computes the tokens that come next; they count only when all layers have theirs. */
  private async follow(ids: readonly number[], options: PassOptions): Promise<void> {
    const { nLayer, nEmbd } = this.model.config;
    const filled = this.length;
    const positions = ids.map((_, i) => filled + i);
    let resid = await embeddingAt(this.model, ids, positions);
    for (const [layer, kept] of this.layers.entries()) {
      const message = `Block ${layer + 1} of ${nLayer}`;
      await betweenStages(options, 'forward', message, layer / nLayer);
      const next = await followingBlock(this.model, layer, resid, { ...kept, filled });
      this.write(kept, next, filled);
      resid = next.residPost;
    }
    this.rows.set(resid, filled * nEmbd);
    this.ids = [...this.ids, ...ids];
  }

  /** Takes room for so many tokens, with some to spare, unless there is enough and not far too much. */
  private makeRoom(needed: number): void {
    const { nLayer, nHead, dHead, nEmbd, nCtx } = this.model.config;
    let room = Math.min(firstRoom, nCtx);
    while (room < needed) room = Math.min(2 * room, nCtx);
    if (this.room >= room && this.room <= 4 * room) return;
    const { length } = this;
    const layers = Array.from({ length: nLayer }, (_, layer) => {
      const from = this.layers[layer];
      const k = resized(from?.k, this.room, room, length, nHead * dHead, 1);
      const v = resized(from?.v, this.room, room, length, nHead, dHead);
      return { k, v };
    });
    const rows = new Float32Array(room * nEmbd);
    rows.set(this.rows.subarray(0, length * nEmbd));
    Object.assign(this, { room, layers, rows });
  }

  /** Puts keys and values of new places, [m, nEmbd], where they belong. */
  private write(kept: KeysValues, next: KeysValues, place: number): void {
    const { nHead, dHead } = this.model.config;
    const width = nHead * dHead;
    const m = next.k.length / width;
    // Keys lie feature by feature, values place by place.
    for (let feature = 0; feature < width; feature++) {
      const start = feature * this.room + place;
      for (let i = 0; i < m; i++) kept.k[start + i] = next.k[i * width + feature]!;
    }
    for (let i = 0; i < m; i++) {
      for (let head = 0; head < nHead; head++) {
        const at = i * width + head * dHead;
        const row = next.v.subarray(at, at + dHead);
        kept.v.set(row, (head * this.room + place + i) * dHead);
      }
    }
  }
}

/** [parts, from, width] → [parts, to, width] with the first `length` of `from` in place. */
function resized(
  data: Float32Array | undefined,
  from: number,
  to: number,
  length: number,
  parts: number,
  width: number,
): Float32Array {
  const result = new Float32Array(parts * to * width);
  for (let part = 0; data && part < parts; part++) {
    const start = part * from * width;
    result.set(data.subarray(start, start + length * width), part * to * width);
  }
  return result;
}
