import type { GraphBuilder, Value } from '../../onnx/graphBuilder';
import { positionsFrom } from './positions';

export interface AttentionShape {
  nHead: number;
  /** Heads of keys and values; each serves nHead / nKvHead query heads that stand side by side. */
  nKvHead: number;
  dHead: number;
  /** What the scores q·k are multiplied by. */
  scale: number;
  /** How many positions a query sees, its own included; null for all before it. */
  window: number | null;
  /** Scaled scores x become cap · tanh(x / cap) where there is a cap. */
  cap: number | null;
}

/** cap · tanh(x / cap), or x itself where there is no cap (Bello et al. 2017). */
export function capped(g: GraphBuilder, x: Value, cap: number | null): Value {
  if (cap === null) return x;
  const factor = g.constant('F32', [cap], []);
  return g.op('Mul', [g.op('Tanh', [g.op('Div', [x, factor])]), factor]);
}

/** Scores q·k, scaled and capped. */
export function scaledScores(
  g: GraphBuilder,
  scores: Value,
  { scale, cap }: AttentionShape,
): Value {
  return capped(g, g.op('Mul', [scores, g.constant('F32', [scale], [])]), cap);
}

/** Scaled and capped scores with −∞ where they are not to be looked at. */
export function masked(g: GraphBuilder, scores: Value, mask: Value, shape: AttentionShape): Value {
  return g.op('Add', [scaledScores(g, scores, shape), mask]);
}

/**
 * −∞ where the key lies ahead of the query or before its window, else 0: [n, n], for x [heads, n,
 * dHead].
 */
export function causalMask(g: GraphBuilder, x: Value, window: number | null): Value {
  const n = g.op('Shape', [x], { start: 1n, end: 2n });
  const square = g.op('Concat', [n, n], { axis: 0n });
  const ahead = g.op('Expand', [g.constant('F32', [-Infinity], []), square]);
  const future = g.op('Trilu', [ahead, g.constant('I64', [1], [])], { upper: 1n });
  return window === null ? future : g.op('Add', [future, farMask(g, null, n, n, window)]);
}

/** The same as [queries, keys]. */
export function farMask(
  g: GraphBuilder,
  past: Value | null,
  queries: Value,
  keys: Value,
  window: number,
): Value {
  const own = positionsFrom(g, past, queries);
  const first = g.op('Sub', [own, g.constant('I64', [window - 1], [])]); // [queries]
  const column = g.op('Unsqueeze', [first, g.constant('I64', [1])]);
  const [far, near] = [-Infinity, 0].map((x) => g.constant('F32', [x], [])) as [Value, Value];
  return g.op('Where', [g.op('Less', [positionsFrom(g, null, keys), column]), far, near]);
}

/**
 * −∞ where a key lies further back than the window of its query, else 0: [1, 1, queries, keys].
 *
 * @param past [1] int64: how many keys lie before those of the first query; null for none.
 */
export function windowBias(
  g: GraphBuilder,
  past: Value | null,
  queries: Value,
  keys: Value,
  window: number,
): Value {
  const bias = farMask(g, past, queries, keys, window);
  return g.op('Unsqueeze', [bias, g.constant('I64', [0, 1])]);
}

/**
 * 0 for the places that are filled, −∞ for the others and for those before `first` ([1] int64):
 * [places].
 */
export function filledMask(g: GraphBuilder, v: Value, filled: Value, first: Value | null): Value {
  const place = positionsFrom(g, null, places(g, v));
  const [none, all] = [-Infinity, 0].map((x) => g.constant('F32', [x], [])) as [Value, Value];
  const within = g.op('Less', [place, filled]);
  const seen = first ? g.op('And', [within, g.op('GreaterOrEqual', [place, first])]) : within;
  return g.op('Where', [seen, all, none]);
}

/** [1] int64: how many places kept values [.., places, dHead] have room for. */
export function places(g: GraphBuilder, v: Value): Value {
  return g.op('Shape', [v], { start: -2n, end: -1n });
}
