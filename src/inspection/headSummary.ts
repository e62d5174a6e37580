import type { PassOptions } from '../gpt/betweenStages';
import type { ResidualStream } from '../gpt/forwardPass';
import type { Model } from '../gpt/model';
import { valueNorms } from '../gpt/probes/valueNorms';
import type { HeadSummary } from '../protocol/attention';
import { UserError } from '../protocol/userError';
import { checkLayer } from './places';
import { headPatterns, weighByNorms } from './headPatterns';
import { earlierOccurrences, headScores } from './headScores';
import { writeThumbnail } from './headThumbnail';

/** No thumbnail has a longer side: all those of 144 heads are 590 kB at most. */
const largestSize = 64;

/** How the thumbnails of a summary are made. */
export interface ThumbnailOptions {
  size: number;
  hideFirst?: boolean;
  weighted?: boolean;
}

/**
 * All heads of one layer at a glance: their scores, and their patterns made small.
 *
 * @throws {UserError} where the model has no such layer, or the size is none.
 */
export async function headSummary(
  model: Model,
  residual: ResidualStream,
  ids: readonly number[],
  layer: number,
  { size: wanted, hideFirst = false, weighted = false }: ThumbnailOptions,
  options: PassOptions = {},
): Promise<HeadSummary> {
  checkLayer(model.config, layer);
  if (!Number.isInteger(wanted) || wanted < 1 || wanted > largestSize) {
    throw new UserError(`A thumbnail's side is from 1 to ${largestSize} cells, not ${wanted}.`);
  }
  const { nHead } = model.config;
  const n = ids.length;
  const size = Math.min(wanted, n);
  const earlier = earlierOccurrences(ids);
  const values = weighted ? await valueNorms(model, layer, residual[layer]!) : null;
  const summary: HeadSummary = {
    layer,
    scores: [],
    size,
    thumbnails: new Uint8Array(nHead * size * size),
    peaks: new Float32Array(nHead),
  };
  for await (const { head, pattern } of headPatterns(
    model,
    layer,
    residual[layer]!,
    false,
    options,
  )) {
    summary.scores.push(headScores(pattern, earlier));
    if (values) weighByNorms(pattern, values, head, n);
    const thumbnail = summary.thumbnails.subarray(head * size * size, (head + 1) * size * size);
    summary.peaks[head] = writeThumbnail(thumbnail, pattern, n, size, hideFirst ? 1 : 0);
  }
  return summary;
}
