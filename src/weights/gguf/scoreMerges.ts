/**
 * The merges of a SentencePiece vocabulary, best first: SentencePiece joins the two neighbours whose
 * union has the highest score, so every way of cutting a piece into two pieces is a merge with the
 * score of the whole. The order is that of `generate_merges` in `transformers`
 * (tokenization_utils_base.py): by score, then by the lengths of the parts, longer first.
 *
 * @param pieces those that merging may make or join, with their ids and scores.
 */
export function scoreMerges(
  pieces: ReadonlyMap<string, { id: number; score: number }>,
): [string, string][] {
  interface Merge {
    left: string;
    right: string;
    score: number;
    lengths: [number, number];
  }
  const merges: Merge[] = [];
  for (const [piece, { score }] of pieces) {
    const characters = Array.from(piece);
    const cuts: (Merge & { ids: [number, number] })[] = [];
    let left = '';
    for (let at = 1; at < characters.length; at++) {
      left += characters[at - 1]!;
      const right = piece.slice(left.length);
      const [a, b] = [pieces.get(left), pieces.get(right)];
      if (!a || !b) continue;
      cuts.push({ left, right, score, ids: [a.id, b.id], lengths: [at, characters.length - at] });
    }
    cuts.sort((a, b) => a.ids[0] - b.ids[0] || a.ids[1] - b.ids[1]);
    merges.push(...cuts);
  }
  // Python's sort with `reverse` keeps equal elements in their order, as this one does.
  merges.sort(
    (a, b) => b.score - a.score || b.lengths[0] - a.lengths[0] || b.lengths[1] - a.lengths[1],
  );
  return merges.map(({ left, right }) => [left, right]);
}
