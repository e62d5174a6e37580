/** The parts of a model, as its parameters are counted: weights and biases where they belong. */
export const componentNames = [
  'embedding',
  'position embedding',
  'Q',
  'K',
  'V',
  'attention output',
  'MLP gate',
  'MLP up',
  'MLP down',
  'norms',
  'unembedding',
] as const;

export type Component = (typeof componentNames)[number];

/** A tensor that a checkpoint must hold. */
export interface WeightSpec {
  name: string;
  /** What newer or older checkpoints call it. */
  otherName?: string;
  shape: number[];
  /** The parts of the model that it is counted under, in equal shares or in the given ones. */
  components: readonly Component[];
  shares?: readonly number[];
}

/** A linear layer; `outIn` is how PyTorch's `Linear` stores it, `inOut` how GPT-2's `Conv1D` does. */
export interface Dense {
  weight: WeightSpec;
  bias: WeightSpec | null;
  stored: 'inOut' | 'outIn';
}

/** A normalisation's learned gain, and its bias where it has one. */
export interface Norm {
  gain: WeightSpec;
  bias: WeightSpec | null;
}

/**
 * Where queries, keys and values come from: three layers, or one whose output holds them side by
 * side (`sideBySide`), or head by head, each with its query, key and value (`byHead`).
 */
export type Projection =
  | { kind: 'separate'; q: Dense; k: Dense; v: Dense }
  | { kind: 'sideBySide' | 'byHead'; qkv: Dense };

/** Where a gated MLP's two first layers come from; without a gate there is `up` alone. */
export type MlpInput =
  | { kind: 'plain'; up: Dense }
  | { kind: 'gated'; gate: Dense; up: Dense }
  | { kind: 'gatedSideBySide'; gateUp: Dense };

export interface BlockLayout {
  attentionNorm: Norm;
  projection: Projection;
  /** Of each head's queries and keys, before they are turned. */
  queryNorm: Norm | null;
  keyNorm: Norm | null;
  attentionOutput: Dense;
  /** Of what attention writes, before it is added to the residual stream. */
  attentionOutputNorm: Norm | null;
  /** Null where the MLP reads the output of `attentionNorm`. */
  mlpNorm: Norm | null;
  mlpInput: MlpInput;
  mlpOutput: Dense;
  mlpOutputNorm: Norm | null;
}

/** Which tensors of a checkpoint stand where in the model. */
export interface Layout {
  tokenEmbedding: WeightSpec;
  /** Position p has the row p + offset. */
  positionEmbedding: { table: WeightSpec; offset: number } | null;
  blocks: BlockLayout[];
  finalNorm: Norm;
  /** Null where the embedding serves for both. */
  unembedding: WeightSpec | null;
  unembeddingBias: WeightSpec | null;
}

/** @param out the numbers of outputs that stand side by side, each with its component. */
export function dense(
  name: string,
  stored: Dense['stored'],
  from: number,
  out: readonly (readonly [Component, number])[],
  bias: boolean,
): Dense {
  const width = out.reduce((sum, [, size]) => sum + size, 0);
  const counted = {
    components: out.map(([component]) => component),
    shares: out.map(([, size]) => size / width),
  };
  return {
    weight: {
      name: `${name}.weight`,
      shape: stored === 'inOut' ? [from, width] : [width, from],
      ...counted,
    },
    bias: bias ? { name: `${name}.bias`, shape: [width], ...counted } : null,
    stored,
  };
}

export function norm(name: string, size: number, bias: boolean): Norm {
  const spec = (part: string): WeightSpec => ({
    name: `${name}.${part}`,
    shape: [size],
    components: ['norms'],
  });
  return { gain: spec('weight'), bias: bias ? spec('bias') : null };
}

/** The matrix of token vectors, or that of the unembedding. */
export function tokenTable(
  name: string,
  component: 'embedding' | 'unembedding',
  vocabSize: number,
  nEmbd: number,
): WeightSpec {
  return { name, shape: [vocabSize, nEmbd], components: [component] };
}

/** The parts that most blocks do without. */
export const noExtraNorms = {
  queryNorm: null,
  keyNorm: null,
  attentionOutputNorm: null,
  mlpOutputNorm: null,
} as const;

/** All tensors of a layout, in the order in which a pass uses them. */
export function weightsOf(layout: Layout): WeightSpec[] {
  const found: (WeightSpec | null)[] = [
    layout.tokenEmbedding,
    layout.positionEmbedding?.table ?? null,
  ];
  const add = (part: Dense | Norm | null) => {
    if (part) found.push('gain' in part ? part.gain : part.weight, part.bias);
  };
  for (const block of layout.blocks) {
    add(block.attentionNorm);
    const { projection, mlpInput } = block;
    if (projection.kind === 'separate') [projection.q, projection.k, projection.v].forEach(add);
    else add(projection.qkv);
    [block.queryNorm, block.keyNorm, block.attentionOutput, block.attentionOutputNorm].forEach(add);
    add(block.mlpNorm);
    if (mlpInput.kind === 'gatedSideBySide') add(mlpInput.gateUp);
    else if (mlpInput.kind === 'gated') [mlpInput.gate, mlpInput.up].forEach(add);
    else add(mlpInput.up);
    [block.mlpOutput, block.mlpOutputNorm].forEach(add);
  }
  add(layout.finalNorm);
  found.push(layout.unembedding, layout.unembeddingBias);
  return found.filter((spec) => spec !== null);
}
