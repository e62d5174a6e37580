import type { PassOptions } from '../gpt/betweenStages';
import type { ResidualStream } from '../gpt/forwardPass';
import type { Model } from '../gpt/model';
import { lensDistributions } from '../gpt/probes/lensDistributions';
import type { Lens, LensExpectation, LensStream, StreamName } from '../protocol/lens';
import { streamAt } from './streamAt';

/**
 * The logit lens (nostalgebraist 2020) at one position: the residual stream after the embedding,
 * after each attention and after each MLP, put through the final norm and the unembedding as if the
 * model ended there.
 *
 * @param actualId the token that really came next; null where there is none.
 * @throws {UserError} where there is no such position.
 */
export async function lens(
  model: Model,
  residual: ResidualStream,
  position: number,
  actualId: number | null,
  topK: number,
  textOf: (id: number) => string,
  options: PassOptions = {},
): Promise<Lens> {
  const { nEmbd } = model.config;
  const layers = await streamAt(model, residual, position, options);
  const rows: { stream: StreamName; layer: number; resid: Float32Array }[] = [
    { stream: 'residPre', layer: 0, resid: layers[0]!.residPre },
    ...layers.flatMap(({ residMid, residPost }, layer) => [
      { stream: 'residMid' as const, layer, resid: residMid },
      { stream: 'residPost' as const, layer, resid: residPost },
    ]),
  ];
  const resid = new Float32Array(rows.length * nEmbd); // [2 · nLayer + 1, nEmbd]
  rows.forEach((row, i) => resid.set(row.resid, i * nEmbd));

  const found = await lensDistributions(model, resid, actualId ?? 0, topK);
  const k = found.topIds.length / rows.length;
  const streams = rows.map(({ stream, layer }, row): LensStream => {
    const total = found.logSumExp[row]!;
    const expectation = (logit: Float32Array, rank: Float32Array): LensExpectation => {
      const logprob = logit[row]! - total;
      return { logprob, probability: Math.exp(logprob), rank: rank[row]! };
    };
    return {
      stream,
      layer,
      top: Array.from({ length: k }, (_, i) => {
        const id = Number(found.topIds[row * k + i]);
        const logprob = found.topLogits[row * k + i]! - total;
        return { id, text: textOf(id), logprob, probability: Math.exp(logprob) };
      }),
      entropy: found.entropy[row]!,
      final: expectation(found.finalLogit, found.finalRank),
      actual: actualId === null ? null : expectation(found.actualLogit, found.actualRank),
    };
  });
  const { id, text } = streams.at(-1)!.top[0]!;
  return {
    position,
    final: { id, text },
    actual: actualId === null ? null : { id: actualId, text: textOf(actualId) },
    streams,
  };
}
