/** A GPT's shape and constants, in the field's words, whatever a checkpoint's own file calls them. */
export interface GptConfig {
  family: string;
  nLayer: number;
  nHead: number;
  nEmbd: number;
  /** Width of the MLP's hidden layer. */
  nInner: number;
  nCtx: number;
  vocabSize: number;
  layerNormEpsilon: number;
  activation: Activation;
  /** What the attention scores of each layer are multiplied by, usually 1/√(nEmbd / nHead). */
  attentionScale: number[]; // [layer]
  bosTokenId: number | null;
}

/**
 * Activation functions of the MLP: `gelu` is exact, x·Φ(x); `geluTanh` its approximation by a tanh
 * (Hendrycks & Gimpel 2016), which GPT-2 was trained with.
 */
export type Activation = 'gelu' | 'geluTanh' | 'relu' | 'silu' | 'tanh';
