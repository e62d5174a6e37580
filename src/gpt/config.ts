/** A GPT's shape and constants, in the field's words, whatever a checkpoint's own file calls them. */
export interface GptConfig {
  family: string;
  nLayer: number;
  nHead: number;
  /** Heads of keys and values; each serves nHead / nKvHead query heads that stand side by side. */
  nKvHead: number;
  /** Length of a head's queries, keys and values. */
  dHead: number;
  nEmbd: number;
  /** Width of the MLP's hidden layer. */
  nInner: number;
  nCtx: number;
  vocabSize: number;
  norm: 'layerNorm' | 'rmsNorm';
  layerNormEpsilon: number;
  /** What is added to the gains of norms as they are stored; Gemma stores them less 1. */
  gainOffset: number;
  activation: Activation;
  /** What the attention scores of each layer are multiplied by, usually 1/√dHead. */
  attentionScale: number[]; // [layer]
  /** How many positions a query of each layer sees, its own included; null for all before it. */
  attentionWindow: (number | null)[]; // [layer]
  /** How queries and keys of each layer are turned by their positions; null where they are not. */
  rotary: (Rotary | null)[]; // [layer]
  /** Scores and logits x become cap · tanh(x / cap), where a cap is given (Gemma 2). */
  scoreCap: number | null;
  logitCap: number | null;
  /** Whether the MLP reads what attention read, and not what attention wrote as well. */
  parallelResidual: boolean;
  /** What token vectors are multiplied by before the first block. */
  embeddingScale: number;
  bosTokenId: number | null;
}

/** Rotary position embedding (Su et al. 2021) of the first `2 · inverseFrequencies.length` features. */
export interface Rotary {
  /** Which two features turn together: i and i + half of them, or 2i and 2i + 1. */
  pairs: 'halves' | 'neighbours';
  /** Radians from one position to the next, for each pair. */
  inverseFrequencies: number[];
  /** What the turned features are multiplied by; other than 1 for some long contexts (YaRN). */
  scale: number;
  /** The base of the frequencies, and the kind of scaling for longer contexts: for people. */
  base: number;
  scaling: string | null;
}

/**
 * Activation functions of the MLP: `gelu` is exact, x·Φ(x); `geluTanh` its approximation by a tanh
 * (Hendrycks & Gimpel 2016), which GPT-2 was trained with.
 */
export type Activation = 'gelu' | 'geluTanh' | 'relu' | 'silu' | 'tanh';
