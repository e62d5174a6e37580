/**
 * log Σ exp(xᵢ), with the maximum taken out first so that nothing overflows.
 * Summed in float64; −∞ for a list of −∞ only.
 */
export function logSumExp(logits: ArrayLike<number>): number {
  let max = -Infinity;
  for (let i = 0; i < logits.length; i++) max = Math.max(max, logits[i]!);
  if (max === -Infinity) return -Infinity;
  let sum = 0;
  for (let i = 0; i < logits.length; i++) sum += Math.exp(logits[i]! - max);
  return max + Math.log(sum);
}

/** softmax(x / temperature) as probabilities in float64; `temperature` above 0. */
export function softmax(logits: ArrayLike<number>, temperature = 1): Float64Array {
  // Not `Float64Array.from`, which is many times slower.
  const scaled = new Float64Array(logits.length);
  // With the maximum taken out before, so that no temperature is too low.
  let max = -Infinity;
  for (let i = 0; i < logits.length; i++) max = Math.max(max, logits[i]!);
  for (let i = 0; i < logits.length; i++) scaled[i] = (logits[i]! - max) / temperature;
  const total = logSumExp(scaled);
  return scaled.map((logit) => Math.exp(logit - total));
}
