/** The item in the line above (-1) or below (1) that is nearest to the item at `index`. */
export function lineNeighbour(
  items: readonly HTMLElement[],
  index: number,
  direction: -1 | 1,
): number {
  const from = box(items[index]);
  if (!from) return index;
  const center = (from.left + from.right) / 2;
  let line: number | null = null;
  let best = index;
  let least = Infinity;
  for (let i = index + direction; i >= 0 && i < items.length; i += direction) {
    const at = box(items[i]);
    if (!at) continue;
    // Lines are further apart than half their height; glyphs of one line may differ in theirs.
    if (Math.abs(at.top - from.top) < from.height / 2) continue;
    if (line === null) line = at.top;
    else if (Math.abs(at.top - line) > from.height / 2) break;
    const distance = Math.max(0, at.left - center, center - at.right);
    if (distance < least) {
      least = distance;
      best = i;
    }
  }
  return best;
}

/** Where an item begins: one that contains a line break has more than one box. */
function box(item: HTMLElement | undefined): DOMRect | undefined {
  return item?.getClientRects()[0];
}
