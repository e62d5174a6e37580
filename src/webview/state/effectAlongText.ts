import type { Inspection } from '../../protocol/inspection';
import type { Edit, InterventionRequests } from '../../protocol/interventions';
import type { AlongText } from '../whatIfData';
import type { Loadable } from './loader';

type Effect = InterventionRequests['interventionEffect'];

/** Positions of one piece. */
const positionsAtOnce = 64;

/**
 * What edits do to the prediction after each token of an inspection. It comes piece by piece from the
 * beginning of the text; what has come stays, also when a piece fails.
 */
export class EffectAlongText {
  /** Replaced by new arrays with each piece, so that what is drawn of them is drawn again. */
  text: AlongText;
  /** Positions that are there. */
  known = 0;

  constructor(
    readonly result: Inspection,
    readonly edits: readonly Edit[],
    private readonly ask: (params: Effect['params']) => Loadable<Effect['result']>,
  ) {
    const empty = () => new Float32Array(result.tokens.length).fill(NaN);
    this.text = { kl: empty(), logprobBefore: empty(), logprobAfter: empty() };
  }

  /** Enters what has come and asks for the next piece. Tells how that one stands; null for none. */
  advance(): Loadable<Effect['result']> | null {
    const n = this.result.tokens.length;
    while (this.known < n) {
      const [from, to] = [this.known, Math.min(n, this.known + positionsAtOnce)];
      const piece = this.ask({ run: this.result.run, edits: [...this.edits], from, to });
      if (piece.status !== 'ready') return piece;
      this.enter(piece.value, from);
      this.known = to;
    }
    return null;
  }

  private enter(piece: AlongText, from: number): void {
    const withPiece = (whole: Float32Array, part: Float32Array) => {
      const copy = whole.slice();
      copy.set(part, from);
      return copy;
    };
    const { kl, logprobBefore, logprobAfter } = this.text;
    this.text = {
      kl: withPiece(kl, piece.kl),
      logprobBefore: withPiece(logprobBefore, piece.logprobBefore),
      logprobAfter: withPiece(logprobAfter, piece.logprobAfter),
    };
  }
}
