import type { GraphBuilder, Value } from '../../onnx/graphBuilder';
import { int64 } from '../../onnx/runtime';
import type { Architecture, TokenMatrix } from '../families/family';
import type { Model } from '../model';
import { finalNorm, logitsOfDirection, tokenVectors as matrixOf } from '../parts/unembed';

/** Rows of the embedding or of the unembedding matrix, [ids, nEmbd]. */
export async function tokenVectors(
  model: Model,
  matrix: TokenMatrix,
  ids: readonly number[],
): Promise<Float32Array> {
  const session = await model.probe(`token vectors, ${matrix}`, (g, architecture) => {
    const chosen = g.input('ids', 'I64', ['t']);
    const rows = g.weightRows(matrixOf(architecture, matrix), chosen);
    g.output('rows', rows, 'F32', ['t', architecture.config.nEmbd]);
  });
  return (await session.run({ ids: int64(ids) }, ['rows'])).rows.data as Float32Array;
}

/** The ends of a ranking of the whole vocabulary, for each of m vectors. */
export interface RankedEnds {
  topIds: number[][]; // [m][k], largest first
  topScores: number[][];
  bottomIds: number[][]; // [m][k], smallest first
  bottomScores: number[][];
}

/**
 * What the vocabulary is ranked by: `dot` and `cosine` with each token's vector of a matrix, or
 * `logit`, what a vector adds to each token's logit when the final norm's scale is 1.
 */
export type Ranking =
  { by: 'dot' | 'cosine'; matrix: TokenMatrix; finalNorm: boolean } | { by: 'logit' };

/** The k tokens at either end of the ranking, for each of the vectors [m, nEmbd]. */
export async function rankTokens(
  model: Model,
  vectors: Float32Array,
  ranking: Ranking,
  k: number,
): Promise<RankedEnds> {
  const session = await model.probe(`rank tokens ${JSON.stringify(ranking)}`, (g, arch) => {
    const rows = g.input('vectors', 'F32', ['m', arch.config.nEmbd]);
    const count = g.input('k', 'I64', [1]);
    const scores = scoreTokens(g, arch, rows, ranking); // [m, vocab]
    const [top, topIds] = g.ops('TopK', [scores, count], 2) as [Value, Value];
    const [bottom, bottomIds] = g.ops('TopK', [scores, count], 2, { largest: 0n }) as [
      Value,
      Value,
    ];
    g.output('top', top, 'F32', ['m', 'k']);
    g.output('topIds', topIds, 'I64', ['m', 'k']);
    g.output('bottom', bottom, 'F32', ['m', 'k']);
    g.output('bottomIds', bottomIds, 'I64', ['m', 'k']);
  });
  const size = Math.min(k, model.config.vocabSize);
  const inputs = { vectors: model.rows(vectors), k: int64([size]) };
  const outputs = await session.run(inputs, ['top', 'topIds', 'bottom', 'bottomIds']);
  const inRows = ({ data }: { data: Float32Array | BigInt64Array }) =>
    Array.from({ length: data.length / size }, (_, row) =>
      Array.from(data.subarray(row * size, (row + 1) * size), Number),
    );
  return {
    topIds: inRows(outputs.topIds),
    topScores: inRows(outputs.top),
    bottomIds: inRows(outputs.bottomIds),
    bottomScores: inRows(outputs.bottom),
  };
}

function scoreTokens(g: GraphBuilder, model: Architecture, rows: Value, ranking: Ranking): Value {
  if (ranking.by === 'logit') return logitsOfDirection(g, model, rows);
  const compared = ranking.finalNorm ? finalNorm(g, model, rows) : rows;
  const table = g.weight(matrixOf(model, ranking.matrix)); // [vocab, nEmbd]
  const dot = g.op('Gemm', [compared, table], { transB: 1n }); // [m, vocab]
  if (ranking.by === 'dot') return dot;
  const lengths = (x: Value) => g.op('ReduceL2', [x, g.constant('I64', [-1])], { keepdims: 1n }); // [rows, 1]
  const product = g.op('Mul', [lengths(compared), g.transpose(lengths(table), [1, 0])]);
  // A vector of zeros is like nothing: its cosine is 0 and not NaN.
  return g.op('Div', [dot, g.op('Max', [product, g.constant('F32', [1e-30], [])])]);
}
