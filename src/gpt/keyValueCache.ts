import { betweenStages, type PassOptions } from './betweenStages';
import type { ResidualStream } from './forwardPass';
import type { Model } from './model';
import { cachedBlock, keysValues, type KeptRows, type KeysValues } from './probes/cachedBlock';
import { embeddingAt } from './probes/embeddingAt';

/**
 * Keys and values of every layer for a text. Nothing in them depends on what comes later, so they
 * serve every text that goes on from any place in it.
 */
export interface TextKeysValues {
  layers: KeysValues[]; // [nLayer]
  bytes: number;
}

/** About a quarter of a pass. @throws the signal's reason when it aborts between two layers. */
export async function textKeysValues(
  model: Model,
  residual: ResidualStream,
  options: PassOptions = {},
): Promise<TextKeysValues> {
  const { nLayer } = model.config;
  const layers: KeysValues[] = [];
  for (let layer = 0; layer < nLayer; layer++) {
    const message = `Keys and values of layer ${layer + 1} of ${nLayer}`;
    await betweenStages(options, 'generating', message, layer / nLayer);
    layers.push(await keysValues(model, layer, residual[layer]!));
  }
  return { layers, bytes: layers.reduce((sum, { k, v }) => sum + k.byteLength + v.byteLength, 0) };
}

/** Room for so many tokens at first; it doubles when it is full. */
const firstRoom = 32;

/**
 * Keys and values of b sequences that go on from one text, so that one more token costs a row and not
 * a pass. The text's are shared; each sequence has its own for what was added, with room to spare, so
 * that a token is written in its place and nothing is copied.
 */
export class KeyValueCache {
  private room: number;
  private layers: KeysValues[]; // [nLayer], k [b, nHead, dHead, room], v [b, nHead, room, dHead]
  private filled = 0;

  /** @param seen how many tokens of the text come before what is added. */
  constructor(
    private readonly model: Model,
    private readonly text: TextKeysValues,
    private readonly seen: number,
    private readonly sequences = 1,
    room = firstRoom,
  ) {
    this.room = Math.max(1, Math.min(room, this.most));
    this.layers = this.emptyLayers();
  }

  /** Tokens that were added to each sequence. */
  get length(): number {
    return this.filled;
  }

  /** The context has no room for another token. */
  get full(): boolean {
    return this.filled >= this.most;
  }

  /** Of what the sequences have of their own. */
  get bytes(): number {
    return this.layers.reduce((sum, { k, v }) => sum + k.byteLength + v.byteLength, 0);
  }

  /**
   * Adds a token to each sequence. Returns the rows of the last residual stream there.
   *
   * @param ids [b]
   * @throws {RangeError} where the context is full.
   * @throws the signal's reason when it aborts between two layers; the cache is then as before.
   */
  async append(
    ids: readonly number[],
    { signal }: PassOptions = {},
  ): Promise<Float32Array /* [b, nEmbd] */> {
    if (this.full) throw new RangeError('The context is full.');
    if (this.filled === this.room) this.makeRoom();
    let resid = await embeddingAt(this.model, ids, [this.seen + this.filled]);
    for (const [layer, own] of this.layers.entries()) {
      await betweenStages({ signal }, 'generating', '', null);
      const shared: KeptRows = { ...this.text.layers[layer]!, filled: this.seen };
      const next = await cachedBlock(this.model, layer, resid, shared, {
        ...own,
        filled: this.filled,
      });
      // Not counted until all layers have theirs, so that a cancelled token leaves nothing behind.
      this.write(own, next, this.filled);
      resid = next.residPost;
    }
    this.filled++;
    return resid;
  }

  /**
   * The first `length` added tokens of some sequences, each as often as it is named: a branch, or the
   * beams that are followed further. What is shared stays shared.
   */
  select(sequences: readonly number[], length = this.filled): KeyValueCache {
    const { model, text, seen } = this;
    const chosen = new KeyValueCache(model, text, seen, sequences.length, length + firstRoom);
    chosen.filled = length;
    this.copyTo(chosen, sequences);
    return chosen;
  }

  private get most(): number {
    return this.model.config.nCtx - this.seen;
  }

  private emptyLayers(): KeysValues[] {
    const { nLayer, nHead, dHead } = this.model.config;
    const size = this.sequences * nHead * dHead * this.room;
    return Array.from({ length: nLayer }, () => ({
      k: new Float32Array(size),
      v: new Float32Array(size),
    }));
  }

  private makeRoom(): void {
    const { model, text, seen, sequences } = this;
    const larger = new KeyValueCache(model, text, seen, sequences, 2 * this.room);
    larger.filled = this.filled;
    this.copyTo(
      larger,
      Array.from({ length: sequences }, (_, sequence) => sequence),
    );
    this.room = larger.room;
    this.layers = larger.layers;
  }

  /** Copies what `to` counts as filled from the sequences named. */
  private copyTo(to: KeyValueCache, sequences: readonly number[]): void {
    const { nHead, dHead } = this.model.config;
    const width = nHead * dHead;
    for (const [layer, from] of this.layers.entries()) {
      const target = to.layers[layer]!;
      for (const [at, sequence] of sequences.entries()) {
        // Keys lie feature by feature, values place by place.
        for (let feature = 0; feature < width; feature++) {
          const start = (sequence * width + feature) * this.room;
          const row = from.k.subarray(start, start + to.filled);
          target.k.set(row, (at * width + feature) * to.room);
        }
        for (let head = 0; head < nHead; head++) {
          const start = (sequence * nHead + head) * this.room * dHead;
          const rows = from.v.subarray(start, start + to.filled * dHead);
          target.v.set(rows, (at * nHead + head) * to.room * dHead);
        }
      }
    }
  }

  /** Puts the key and the value of one place of each sequence, [b, nEmbd], where they belong. */
  private write(own: KeysValues, next: KeysValues, place: number): void {
    const { nHead, dHead } = this.model.config;
    const width = nHead * dHead;
    for (let sequence = 0; sequence < this.sequences; sequence++) {
      for (let feature = 0; feature < width; feature++) {
        const at = sequence * width + feature;
        own.k[at * this.room + place] = next.k[at]!;
      }
      for (let head = 0; head < nHead; head++) {
        const at = sequence * nHead + head;
        const row = next.v.subarray(at * dHead, (at + 1) * dHead);
        own.v.set(row, (at * this.room + place) * dHead);
      }
    }
  }
}
