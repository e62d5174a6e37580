import { blockFormats } from '../blockFormats';

/** A way of storing tensors: `values` values take `bytes` bytes. */
export interface GgmlType {
  name: string;
  values: number;
  bytes: number;
}

/**
 * The types of ggml by their numbers in a GGUF file, also those whose weights cannot be used, so that
 * they can be called by their names and their tensors' bounds checked. Numbers and sizes: `ggml_type`
 * in https://github.com/ggml-org/llama.cpp/blob/master/ggml/include/ggml.h
 */
export const ggmlTypes: ReadonlyMap<number, GgmlType> = new Map([
  [0, { name: 'F32', values: 1, bytes: 4 }],
  [1, { name: 'F16', values: 1, bytes: 2 }],
  [2, { name: 'Q4_0', ...blockFormats.Q4_0 }],
  [3, { name: 'Q4_1', ...blockFormats.Q4_1 }],
  [6, { name: 'Q5_0', ...blockFormats.Q5_0 }],
  [7, { name: 'Q5_1', ...blockFormats.Q5_1 }],
  [8, { name: 'Q8_0', ...blockFormats.Q8_0 }],
  [10, { name: 'Q2_K', ...blockFormats.Q2_K }],
  [11, { name: 'Q3_K', ...blockFormats.Q3_K }],
  [12, { name: 'Q4_K', ...blockFormats.Q4_K }],
  [13, { name: 'Q5_K', ...blockFormats.Q5_K }],
  [14, { name: 'Q6_K', ...blockFormats.Q6_K }],
  [16, { name: 'IQ2_XXS', values: 256, bytes: 66 }],
  [17, { name: 'IQ2_XS', values: 256, bytes: 74 }],
  [18, { name: 'IQ3_XXS', values: 256, bytes: 98 }],
  [19, { name: 'IQ1_S', values: 256, bytes: 50 }],
  [20, { name: 'IQ4_NL', ...blockFormats.IQ4_NL }],
  [21, { name: 'IQ3_S', values: 256, bytes: 110 }],
  [22, { name: 'IQ2_S', values: 256, bytes: 82 }],
  [23, { name: 'IQ4_XS', ...blockFormats.IQ4_XS }],
  [24, { name: 'I8', values: 1, bytes: 1 }],
  [25, { name: 'I16', values: 1, bytes: 2 }],
  [26, { name: 'I32', values: 1, bytes: 4 }],
  [27, { name: 'I64', values: 1, bytes: 8 }],
  [28, { name: 'F64', values: 1, bytes: 8 }],
  [29, { name: 'IQ1_M', values: 256, bytes: 56 }],
  [30, { name: 'BF16', values: 1, bytes: 2 }],
  [34, { name: 'TQ1_0', values: 256, bytes: 54 }],
  [35, { name: 'TQ2_0', values: 256, bytes: 66 }],
  [39, { name: 'MXFP4', values: 32, bytes: 17 }],
]);
