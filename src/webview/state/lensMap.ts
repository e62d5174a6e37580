import type { Inspection, RunRef } from '../../protocol/inspection';
import type { LensTable } from '../../protocol/lens';
import type { Loadable } from './loader';

/** Rows that one request unembeds: enough to be quick, few enough to take but a moment. */
const rowsAtOnce = 64;

/** The lens at the positions from `from` up to `to`; asked for when it is read for the first time. */
export type AskTable = (params: { run: RunRef; from: number; to: number }) => Loadable<LensTable>;

/**
 * The lens after the embedding and after each block at all positions of one inspection. It comes
 * piece by piece, next to the current position first; what has come stays, also when a piece fails.
 */
export class LensMap {
  readonly rows: number; // nLayer + 1
  readonly columns: number;
  readonly topIds: Int32Array; // [row, column], as all below
  readonly topTexts: string[];
  readonly topProbability: Float32Array; // NaN is not there yet, as below
  readonly finalProbability: Float32Array;
  readonly klToFinal: Float32Array;
  /** Positions that are there. */
  known = 0;
  private readonly there: boolean[]; // by piece
  private readonly atOnce: number; // positions of a piece

  constructor(
    readonly result: Inspection,
    private readonly ask: AskTable,
  ) {
    this.rows = result.model.nLayer + 1;
    this.columns = result.tokens.length;
    const size = this.rows * this.columns;
    this.topIds = new Int32Array(size);
    this.topTexts = new Array<string>(size).fill('');
    this.topProbability = new Float32Array(size).fill(NaN);
    this.finalProbability = new Float32Array(size).fill(NaN);
    this.klToFinal = new Float32Array(size).fill(NaN);
    this.atOnce = Math.max(1, Math.floor(rowsAtOnce / this.rows));
    this.there = new Array<boolean>(Math.ceil(this.columns / this.atOnce)).fill(false);
  }

  /**
   * Enters what has come and asks for the missing piece that is nearest to `position`. Tells how that
   * one stands; null where none is missing.
   */
  advance(position: number): Loadable<LensTable> | null {
    for (;;) {
      const piece = this.nearestMissing(position);
      if (piece === null) return null;
      const from = piece * this.atOnce;
      const to = Math.min(from + this.atOnce, this.columns);
      const answer = this.ask({ run: this.result.run, from, to });
      if (answer.status !== 'ready') return answer;
      this.enter(answer.value);
      this.there[piece] = true;
    }
  }

  private nearestMissing(position: number): number | null {
    const own = Math.floor(position / this.atOnce);
    let nearest: number | null = null;
    this.there.forEach((there, piece) => {
      if (there) return;
      if (nearest === null || Math.abs(piece - own) < Math.abs(nearest - own)) nearest = piece;
    });
    return nearest;
  }

  private enter(table: LensTable): void {
    for (let row = 0; row < this.rows; row++) {
      for (let i = 0; i < table.positions; i++) {
        const from = row * table.positions + i;
        const to = row * this.columns + table.from + i;
        this.topIds[to] = table.topIds[from]!;
        this.topTexts[to] = table.topTexts[from]!;
        this.topProbability[to] = table.topProbability[from]!;
        this.finalProbability[to] = table.finalProbability[from]!;
        this.klToFinal[to] = table.klToFinal[from]!;
      }
    }
    this.known += table.positions;
  }
}
