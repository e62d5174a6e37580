import { GraphBuilder, type OnnxGraph } from '../onnx/graphBuilder';
import type { Architecture } from './families/family';
import { ownBlock } from './block';
import { embed } from './parts/embed';
import { finalNorm, logits as logitsOf } from './parts/unembed';
import { positionsFromZero } from './stages/positions';
import { summarise } from './stages/unembedding';

/**
 * The ONNX graph of each stage. Inputs and outputs are float32 or
 * int64 and named as DESIGN names the activations; `n`, `m` and `k` are free.
 */

/** ids [n] → resid [n, nEmbd] */
export function embeddingGraph(model: Architecture): OnnxGraph {
  const g = new GraphBuilder('embedding');
  const ids = g.input('ids', 'I64', ['n']);
  const resid = embed(g, model, ids, positionsFromZero(g, ids));
  g.output('resid', resid, 'F32', ['n', model.config.nEmbd]);
  return g.build();
}

/** residPre [b, n, nEmbd] → residPost [b, n, nEmbd], for b sequences of n tokens each. */
export function blockGraph(model: Architecture, layer: number): OnnxGraph {
  const { nEmbd } = model.config;
  const g = new GraphBuilder(`block ${layer}`);
  const residPre = g.input('residPre', 'F32', ['b', 'n', nEmbd]);
  const sequences = g.op('Shape', [residPre], { start: 0n, end: 2n });
  const rows = g.reshape(residPre, [-1, nEmbd]);
  const { residPost } = ownBlock(g, model, layer, rows, sequences);
  const dims = g.op('Shape', [residPre]);
  g.output('residPost', g.op('Reshape', [residPost, dims]), 'F32', ['b', 'n', nEmbd]);
  return g.build();
}

/** resid [m, nEmbd], actualIds [m], k [1] → logits [m, vocab] and the summary of each row. */
export function unembeddingGraph(model: Architecture): OnnxGraph {
  const g = new GraphBuilder('unembedding');
  const resid = g.input('resid', 'F32', ['m', model.config.nEmbd]);
  const actualIds = g.input('actualIds', 'I64', ['m']);
  const k = g.input('k', 'I64', [1]);
  const logits = logitsOf(g, model, finalNorm(g, model, resid));
  const summary = summarise(g, logits, actualIds, k);
  g.output('logits', logits, 'F32', ['m', model.config.vocabSize]);
  g.output('topLogits', summary.topLogits, 'F32', ['m', 'k']);
  g.output('topIds', summary.topIds, 'I64', ['m', 'k']);
  g.output('logSumExp', summary.logSumExp, 'F32', ['m']);
  g.output('entropy', summary.entropy, 'F32', ['m']);
  g.output('actualLogit', summary.actualLogit, 'F32', ['m']);
  g.output('actualRank', summary.actualRank, 'F32', ['m']);
  return g.build();
}
