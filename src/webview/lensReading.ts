import type { Lens, LensStream } from '../protocol/lens';

/** A place in the residual stream as the panel writes it: "embedding", "L4 attn", "L4 MLP". */
export function streamName({ stream, layer }: Pick<LensStream, 'stream' | 'layer'>): string {
  switch (stream) {
    case 'residPre':
      return layer === 0 ? 'embedding' : `before L${layer}`;
    case 'residMid':
      return `L${layer} attn`;
    case 'residPost':
      return `L${layer} MLP`;
  }
}

/** After the embedding and after each block: the rows of the table of all positions. */
export function blockName(row: number): string {
  return row === 0 ? 'embedding' : `L${row - 1}`;
}

/** When the final answer came up. Both are indices of `streams`. */
export interface Decision {
  /** Where it was the most likely token for the first time. */
  first: number;
  /** From where on it stayed so. */
  decided: number;
}

/** The last stream's likeliest token is the final answer, so there is always a decision. */
export function decision({ streams }: Lens): Decision {
  const leads = streams.map(({ final }) => final.rank === 1);
  const last = streams.length - 1;
  return {
    first: Math.min(last, Math.max(0, leads.indexOf(true))),
    decided: Math.min(last, leads.lastIndexOf(false) + 1),
  };
}

/** Index of the stream in which the token that really came stood best. */
export function bestActual({ streams }: Lens): number {
  const ranks = streams.map(({ actual }) => actual?.rank ?? Infinity);
  return ranks.indexOf(Math.min(...ranks));
}
