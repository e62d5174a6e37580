import type { Value } from '../../onnx/graphBuilder';
import { int64 } from '../../onnx/runtime';
import type { Model } from '../model';
import { finalNorm, logits as logitsOf } from '../parts/unembed';

/** How far two distributions over the next token lie apart, row by row. */
export interface ComparedRows {
  /** KL(before ‖ after) = Σ p (log p − log q) over the full vocabulary, in nats. */
  kl: Float32Array; // [m]
  /** What each gave the token that really came. */
  logprobBefore: Float32Array; // [m]
  logprobAfter: Float32Array; // [m]
}

/** Compares the distributions after two residual streams, rows [m, nEmbd] of both. */
export async function comparedRows(
  model: Model,
  before: Float32Array,
  after: Float32Array,
  actualIds: readonly number[], // [m]
): Promise<ComparedRows> {
  const session = await model.probe('compared rows', (g, architecture) => {
    const { nEmbd } = architecture.config;
    const rows = ['before', 'after'].map((name) => g.input(name, 'F32', ['m', nEmbd]));
    const actual = g.op('Unsqueeze', [g.input('actualIds', 'I64', ['m']), g.constant('I64', [1])]);
    const lastAxis = g.constant('I64', [-1]);
    const [p, q] = rows.map((resid) => {
      const logits = logitsOf(g, architecture, finalNorm(g, architecture, resid));
      return g.op('LogSoftmax', [logits], { axis: -1n }); // [m, vocab]
    }) as [Value, Value];
    const ofActual = (logprobs: Value) =>
      g.op('Squeeze', [g.op('GatherElements', [logprobs, actual], { axis: 1n }), lastAxis]);
    const terms = g.op('Mul', [g.op('Exp', [p]), g.op('Sub', [p, q])]);
    g.output('kl', g.op('ReduceSum', [terms, lastAxis], { keepdims: 0n }), 'F32', ['m']);
    g.output('logprobBefore', ofActual(p), 'F32', ['m']);
    g.output('logprobAfter', ofActual(q), 'F32', ['m']);
  });
  const inputs = {
    before: model.rows(before),
    after: model.rows(after),
    actualIds: int64(actualIds),
  };
  const outputs = await session.run(inputs, ['kl', 'logprobBefore', 'logprobAfter']);
  return {
    // Rounding may leave a hair less than nothing where the two are the same.
    kl: (outputs.kl.data as Float32Array).map((nats) => Math.max(0, nats)),
    logprobBefore: outputs.logprobBefore.data as Float32Array,
    logprobAfter: outputs.logprobAfter.data as Float32Array,
  };
}
