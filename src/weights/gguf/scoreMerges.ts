/** Pieces that merging may make or join, with their ids and scores. */
type Pieces = ReadonlyMap<string, { id: number; score: number }>;

interface Merge {
  left: string;
  right: string;
  score: number;
  /** Of the parts, in characters. */
  lengths: [number, number];
  ids: [number, number];
}

/**
 * The merges of a SentencePiece vocabulary, best first: SentencePiece joins the two neighbours whose
 * union has the highest score, so every way of cutting a piece into two pieces is a merge with the
 * score of the whole. The order is that of `generate_merges` in `transformers`
 * (tokenization_utils_base.py): by score, then by the lengths of the parts, longer first.
 */
export function scoreMerges(pieces: Pieces): [string, string][] {
  const merges: Merge[] = [];
  const likelyCuts = cutFinder(pieces);
  for (const [piece, { score }] of pieces) {
    const cuts: Merge[] = [];
    for (const at of likelyCuts(piece)) {
      const [left, right] = [piece.slice(0, at), piece.slice(at)];
      const [a, b] = [pieces.get(left), pieces.get(right)];
      if (!a || !b) continue;
      const lengths: [number, number] = [Array.from(left).length, Array.from(right).length];
      cuts.push({ left, right, score, lengths, ids: [a.id, b.id] });
    }
    if (cuts.length > 1) cuts.sort((a, b) => a.ids[0] - b.ids[0] || a.ids[1] - b.ids[1]);
    merges.push(...cuts);
  }
  // Python's sort with `reverse` keeps equal elements in their order, as this one does.
  merges.sort(
    (a, b) => b.score - a.score || b.lengths[0] - a.lengths[0] || b.lengths[1] - a.lengths[1],
  );
  return merges.map(({ left, right }) => [left, right]);
}

/**
 * Finds the places where a piece can be cut into two, and a few others: by sums over the UTF-16 units
 * (polynomials in `base`), of which those of all beginnings and ends of a piece follow from one
 * another, and one bit for each sum that some piece has. Nearly all cuts of the two million of a
 * vocabulary like Gemma's are ruled out so, without making a string of either part.
 */
function cutFinder(pieces: Pieces): (piece: string) => number[] {
  const base = 0x01000193;
  const seen = new Uint8Array(2 ** 21);
  const bitOf = (sum: number) => (sum ^ (sum >>> 15)) & 0xffffff;
  const extended = (sum: number, unit: number) => (Math.imul(sum, base) + unit) | 0;
  const powers = [1];
  for (const piece of pieces.keys()) {
    let sum = 0;
    for (let i = 0; i < piece.length; i++) sum = extended(sum, piece.charCodeAt(i));
    seen[bitOf(sum) >> 3]! |= 1 << (bitOf(sum) & 7);
    while (powers.length <= piece.length) powers.push(Math.imul(powers.at(-1)!, base));
  }
  const known = (sum: number) => (seen[bitOf(sum) >> 3]! >> (bitOf(sum) & 7)) & 1;

  return (piece) => {
    let whole = 0;
    for (let i = 0; i < piece.length; i++) whole = extended(whole, piece.charCodeAt(i));
    const cuts: number[] = [];
    let left = 0;
    for (let at = 1; at < piece.length; at++) {
      left = extended(left, piece.charCodeAt(at - 1));
      if (!known(left)) continue;
      const right = (whole - Math.imul(left, powers[piece.length - at]!)) | 0;
      if (known(right)) cuts.push(at);
    }
    return cuts;
  };
}
