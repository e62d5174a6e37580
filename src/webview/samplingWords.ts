import type { Sampling } from '../protocol/inspection';
import { isPlain } from './state/choices/nextToken';

/** How samples are drawn, in words. */
export function samplingWords(sampling: Sampling): string {
  if (isPlain(sampling)) return 'samples from the full distribution';
  const { temperature, topK, topP } = sampling;
  if (temperature === 0) return 'samples at temperature 0, greedy';
  const parts = [
    temperature === 1 ? '' : `temperature ${temperature}`,
    topK === null ? '' : `top-k ${topK}`,
    topP === 1 ? '' : `top-p ${topP}`,
  ];
  return `samples with ${parts.filter((part) => part !== '').join(', ')}`;
}
