/**
 * How ggml stores quantised tensors: each row in blocks of `values` values, `bytes` bytes each.
 * Layouts: `block_*` in https://github.com/ggml-org/llama.cpp/blob/master/ggml/src/ggml-common.h
 */
export const blockFormats = {
  Q8_0: { values: 32, bytes: 34 },
  Q4_0: { values: 32, bytes: 18 },
  Q4_1: { values: 32, bytes: 20 },
  Q5_0: { values: 32, bytes: 22 },
  Q5_1: { values: 32, bytes: 24 },
  Q2_K: { values: 256, bytes: 84 },
  Q3_K: { values: 256, bytes: 110 },
  Q4_K: { values: 256, bytes: 144 },
  Q5_K: { values: 256, bytes: 176 },
  Q6_K: { values: 256, bytes: 210 },
  IQ4_NL: { values: 32, bytes: 18 },
  IQ4_XS: { values: 256, bytes: 136 },
} as const;

export type BlockDtype = keyof typeof blockFormats;

/** What a code of IQ4_NL and IQ4_XS stands for: close together where most weights are. */
export const iq4Values: readonly number[] = [
  -127, -104, -83, -65, -49, -35, -22, -10, 1, 13, 25, 38, 53, 69, 89, 113,
];

/** How weights are stored: as floats, or in quantised blocks along the last axis. */
export type WeightDtype = 'F32' | 'F16' | 'BF16' | BlockDtype;

export const weightDtypes: readonly WeightDtype[] = [
  'F32',
  'F16',
  'BF16',
  ...(Object.keys(blockFormats) as BlockDtype[]),
];

export function isBlocked(dtype: string): dtype is BlockDtype {
  return Object.hasOwn(blockFormats, dtype);
}
