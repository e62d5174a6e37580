/** The part of an n × n pattern that is on show: a square of `span` tokens. */
export interface HeatView {
  query: number;
  key: number;
  span: number;
}

/** No closer than this many tokens. */
export const closestSpan = 8;

export function wholeView(n: number): HeatView {
  return { query: 0, key: 0, span: n };
}

/** `factor` below 1 looks closer; the token at the anchor stays where it is. */
export function zoom(
  view: HeatView,
  n: number,
  factor: number,
  anchor: { query: number; key: number },
): HeatView {
  const least = Math.min(n, closestSpan);
  let span = Math.round(view.span * factor);
  if (span === view.span) span += factor < 1 ? -1 : 1;
  span = Math.max(least, Math.min(n, span));
  const place = (first: number, at: number) =>
    Math.round(at + 0.5 - ((at + 0.5 - first) / view.span) * span);
  return within(
    { query: place(view.query, anchor.query), key: place(view.key, anchor.key), span },
    n,
  );
}

export function pan(view: HeatView, n: number, queries: number, keys: number): HeatView {
  return within({ ...view, query: view.query + queries, key: view.key + keys }, n);
}

/** Moves the view by as little as brings the cell into it. */
export function reveal(view: HeatView, n: number, query: number, key: number): HeatView {
  const place = (first: number, at: number) => Math.max(at - view.span + 1, Math.min(first, at));
  return within({ query: place(view.query, query), key: place(view.key, key), span: view.span }, n);
}

function within(view: HeatView, n: number): HeatView {
  const place = (first: number) => Math.max(0, Math.min(n - view.span, first));
  return { query: place(view.query), key: place(view.key), span: view.span };
}

/**
 * The visible part of one head's pattern as `pixels × pixels` values, rows from the top. With fewer
 * pixels than tokens, a pixel is the largest weight of the cells that it covers, so that no peak is
 * lost. Cells of the future are NaN, and those of keys before `firstKey` or outside the window.
 */
export function visibleWeights(
  pattern: Float32Array, // [queryPos, keyPos]
  n: number,
  view: HeatView,
  pixels: number,
  firstKey = 0,
  window = Infinity,
): Float32Array {
  const weights = new Float32Array(pixels * pixels).fill(NaN);
  const first = (pixel: number) => Math.floor((pixel * view.span) / pixels);
  const starts = Uint32Array.from({ length: pixels + 1 }, (_, pixel) => first(pixel));
  for (let row = 0; row < pixels; row++) {
    const queryEnd = view.query + Math.max(starts[row]! + 1, starts[row + 1]!);
    for (let query = view.query + starts[row]!; query < queryEnd; query++) {
      for (let column = 0; column < pixels; column++) {
        const start = view.key + starts[column]!;
        if (start > query) break;
        const end = Math.min(
          query + 1,
          view.key + Math.max(starts[column]! + 1, starts[column + 1]!),
        );
        let most = weights[row * pixels + column]!;
        for (let key = Math.max(start, firstKey, query - window + 1); key < end; key++) {
          const weight = pattern[query * n + key]!;
          if (!(weight <= most)) most = weight; // also when `most` is NaN
        }
        weights[row * pixels + column] = most;
      }
    }
  }
  return weights;
}

/** Every `k`-th token gets a label, so that labels are at least `room` pixels apart. */
export function labelStep(cell: number, room: number): number {
  if (cell >= room) return 1;
  for (let scale = 1; ; scale *= 10) {
    for (const step of [2, 5, 10]) if (step * scale * cell >= room) return step * scale;
  }
}
