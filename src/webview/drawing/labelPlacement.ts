/** A point with a label of some size; all lengths in pixels. */
export interface LabelledPoint {
  x: number;
  y: number;
  width: number;
  height: number;
}

/** Where a label's left end and middle line stand. */
export interface LabelPlace {
  x: number;
  y: number;
}

interface Box {
  left: number;
  top: number;
  right: number;
  bottom: number;
}

/** From a point to its label, and what the label may cover of other points. */
const gap = 5;
const dot = 3;
/** Nothing is written nearer to the edge. */
const edge = 6;

/**
 * Puts each label beside its point, on the side where it covers least of the labels placed before it,
 * of other points and of what is outside of `bounds`. Right of the point is preferred, then left,
 * above and below.
 */
export function placeLabels(
  points: readonly LabelledPoint[],
  bounds: { width: number; height: number },
): LabelPlace[] {
  const placed: Box[] = [];
  // From the middle outwards there is less and less choice: the crowded ones come first.
  const order = Array.from(points.keys()).sort((a, b) => crowding(points, b) - crowding(points, a));
  const places: LabelPlace[] = new Array<LabelPlace>(points.length);
  for (const index of order) {
    const options = sides(points[index]!);
    const costs = options.map((box, side) => {
      const others = placed.reduce((sum, other) => sum + overlap(box, other), 0);
      const dots = points.reduce((sum, { x, y }, i) => {
        const point = { left: x - dot, top: y - dot, right: x + dot, bottom: y + dot };
        return i === index ? sum : sum + overlap(box, point);
      }, 0);
      return others + dots + 4 * outside(box, bounds) + side;
    });
    const best = options[costs.indexOf(Math.min(...costs))]!;
    placed.push(best);
    places[index] = { x: best.left, y: (best.top + best.bottom) / 2 };
  }
  return places;
}

function sides({ x, y, width, height }: LabelledPoint): Box[] {
  const at = (left: number, top: number): Box => ({
    left,
    top,
    right: left + width,
    bottom: top + height,
  });
  const [middleX, middleY] = [x - width / 2, y - height / 2];
  const far = gap + height;
  return [
    at(x + gap, middleY),
    at(x - gap - width, middleY),
    at(middleX, y - gap - height),
    at(middleX, y + gap),
    at(x + gap, y - gap - height),
    at(x + gap, y + gap),
    at(x - gap - width, y - gap - height),
    at(x - gap - width, y + gap),
    at(middleX, y - far - height),
    at(middleX, y + far),
  ];
}

/** How many points are near enough to be in a label's way. */
function crowding(points: readonly LabelledPoint[], index: number): number {
  const { x, y, width, height } = points[index]!;
  return points.filter(
    (other) => Math.abs(other.x - x) < width + gap && Math.abs(other.y - y) < 2 * height,
  ).length;
}

function overlap(a: Box, b: Box): number {
  const width = Math.min(a.right, b.right) - Math.max(a.left, b.left);
  const height = Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top);
  return width > 0 && height > 0 ? width * height : 0;
}

function outside(box: Box, { width, height }: { width: number; height: number }): number {
  const all = (box.right - box.left) * (box.bottom - box.top);
  return all - overlap(box, { left: edge, top: edge, right: width - edge, bottom: height - edge });
}
