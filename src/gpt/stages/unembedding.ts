import type { GraphBuilder, Value } from '../../onnx/graphBuilder';

/** Logits: the dot product of each row with the vector of every token of the vocabulary. */
export function unembed(
  g: GraphBuilder,
  normalised: Value, // [m, nEmbd]
  tokenVectors: Value, // [vocab, nEmbd]
): Value {
  return g.op('Gemm', [normalised, tokenVectors], { transB: 1n }); // [m, vocab]
}

/** What is kept of each row's distribution; none of it is as long as the vocabulary. */
export interface DistributionSummary {
  topLogits: Value; // [m, k]
  topIds: Value; // [m, k] int64
  /** log Σ exp(logit), which turns a logit into a log-probability. */
  logSumExp: Value; // [m]
  /** −Σ p ln p, in nats. */
  entropy: Value; // [m]
  /** Logit and rank (1 = most likely) of the token that really came. */
  actualLogit: Value; // [m]
  actualRank: Value; // [m]
}

/**
 * Summarises full-vocabulary distributions inside the graph, so that no row of logits has to leave
 * it. With L = log Σ exp(x): ln pᵢ = xᵢ − L, so L = x − ln p for the likeliest token, and
 * entropy = L − Σ pᵢ xᵢ. (ReduceLogSumExp is several times slower, and less exact, than Softmax.)
 */
export function summarise(
  g: GraphBuilder,
  logits: Value, // [m, vocab]
  actualIds: Value, // [m] int64
  k: Value, // [1] int64
): DistributionSummary {
  const lastAxis = g.constant('I64', [-1]);
  const sumRows = (x: Value) => g.op('ReduceSum', [x, lastAxis], { keepdims: 0n });
  const squeeze = (x: Value) => g.op('Squeeze', [x, lastAxis]);
  const firstColumn = (x: Value) =>
    g.op('Slice', [x, g.constant('I64', [0]), g.constant('I64', [1]), g.constant('I64', [1])]);

  const [topLogits, topIds] = g.ops('TopK', [logits, k], 2) as [Value, Value];
  const probabilities = g.op('Softmax', [logits], { axis: -1n }); // [m, vocab]
  const topProbability = g.op('GatherElements', [probabilities, firstColumn(topIds)], { axis: 1n });
  const logSumExp = squeeze(g.op('Sub', [firstColumn(topLogits), g.op('Log', [topProbability])]));
  const expectedLogit = sumRows(g.op('Mul', [probabilities, logits]));

  const actual = logitAndRank(g, logits, actualIds);
  return {
    topLogits,
    topIds,
    logSumExp,
    entropy: g.op('Sub', [logSumExp, expectedLogit]),
    actualLogit: actual.logit,
    actualRank: actual.rank,
  };
}

/** The logit that each row gives its token of `ids`, and the token's rank in it, from 1: [m] both. */
export function logitAndRank(
  g: GraphBuilder,
  logits: Value, // [m, vocab]
  ids: Value, // [m] int64
): { logit: Value; rank: Value } {
  const lastAxis = g.constant('I64', [-1]);
  const column = g.op('Unsqueeze', [ids, lastAxis]); // [m, 1]
  const logit = g.op('GatherElements', [logits, column], { axis: 1n }); // [m, 1]
  const better = g.cast(g.op('Greater', [logits, logit]), 'F32'); // [m, vocab]
  const count = g.op('ReduceSum', [better, lastAxis], { keepdims: 0n });
  return {
    logit: g.op('Squeeze', [logit, lastAxis]),
    rank: g.op('Add', [count, g.constant('F32', [1], [])]),
  };
}
