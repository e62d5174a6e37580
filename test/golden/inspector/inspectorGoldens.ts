import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { readTensors } from '../goldens';

/**
 * What TransformerLens (beam search: `transformers`) computes of one prompt with one golden model;
 * `generate.py` makes them, and says how each analysis is defined.
 */
export interface InspectorGolden {
  /** The name of the golden model: `base`, `distil`, … */
  name: string;
  /** The model: config.json and model.safetensors. */
  folder: string;
  tensors: InspectorTensors;
  interventions: Intervention[];
  about: InspectorAbout;
}

export interface Float32Tensor {
  shape: number[];
  data: Float32Array;
}

export interface Int32Tensor {
  shape: number[];
  data: Int32Array;
}

/**
 * Computed in float64 and rounded. n is the prompt's length; layer, head, … stand for their number.
 * "The last position" is n - 1, where the next token is predicted.
 */
export interface InspectorTensors {
  /** [n]. The prompt; its later half repeats tokens of its first. */
  ids: Int32Tensor;
  /** [n]. Differs from `ids` in one or two early positions. */
  corruptIds: Int32Tensor;

  /** [layer, n, nEmbd] */
  residPre: Float32Tensor;
  /** [layer, n, nEmbd] */
  residMid: Float32Tensor;
  /** [layer, n, nEmbd] */
  residPost: Float32Tensor;
  /** [layer, n, nEmbd]. With the output bias. */
  attnOut: Float32Tensor;
  /** [layer, n, nEmbd]. With the output bias. */
  mlpOut: Float32Tensor;
  /** [layer, n, head, dHead] */
  q: Float32Tensor;
  /** [layer, n, head, dHead] */
  k: Float32Tensor;
  /** [layer, n, head, dHead] */
  v: Float32Tensor;
  /** [layer, n, head, dHead] */
  z: Float32Tensor;
  /** [layer, head, queryPos, keyPos] */
  pattern: Float32Tensor;
  /** [layer, n, nInner] */
  mlpPre: Float32Tensor;
  /** [layer, n, nInner] */
  mlpPost: Float32Tensor;
  /** [layer, head, nEmbd]. What each head adds to the stream at the last position, without bias. */
  headOut: Float32Tensor;
  /** [2, vocab]. Of the unchanged run at `about.positions`. */
  logits: Float32Tensor;

  /**
   * [2 layer + 1, vocab]. The logit lens at the last position, of the streams: embedding, residMid 0,
   * residPost 0, residMid 1, …, residPost of the last layer. So are the rows of all `lens.`.
   */
  'lens.logprobs': Float32Tensor;
  /** [2 layer + 1, 5]. Most likely first. */
  'lens.topIds': Int32Tensor;
  /** [2 layer + 1, 5]. Of `lens.topIds`. */
  'lens.topLogprobs': Float32Tensor;
  /** [2 layer + 1]. Of the token that is the most likely in the end; 1 is the most likely. */
  'lens.rank': Int32Tensor;
  /** [2 layer + 1]. Of the token that is the most likely in the end. */
  'lens.logprob': Float32Tensor;
  /** [2 layer + 1]. In nats. */
  'lens.entropy': Float32Tensor;
  /** [layer + 1, n]. The most likely token of each stream: the embedding, then every residPost. */
  'lensGrid.topId': Int32Tensor;
  /** [layer + 1, n]. Of `lensGrid.topId`. */
  'lensGrid.topLogprob': Float32Tensor;
  /** [layer + 1, n]. KL(final ‖ lens) in nats; the last row is 0. */
  'lensGrid.kl': Float32Tensor;

  /** [2]. The two most likely tokens after the last position: the target, and what it is held against. */
  'attribution.ids': Int32Tensor;
  /**
   * [1]. To the target's logit at the last position, the final layer norm's scale frozen. All of
   * `attribution.target.` but the sum add up to the sum.
   */
  'attribution.target.tokenEmbedding': Float32Tensor;
  /** [1] */
  'attribution.target.positionEmbedding': Float32Tensor;
  /** [layer, head]. Without the output bias. */
  'attribution.target.heads': Float32Tensor;
  /** [layer]. The output bias of attention. */
  'attribution.target.attnBiases': Float32Tensor;
  /** [layer]. With the output bias. */
  'attribution.target.mlps': Float32Tensor;
  /** [1]. The bias of the final layer norm. */
  'attribution.target.finalBias': Float32Tensor;
  /** [1]. The target's logit. */
  'attribution.target.sum': Float32Tensor;
  /** [1]. As `attribution.target.`, to the target's logit minus the second token's. */
  'attribution.difference.tokenEmbedding': Float32Tensor;
  /** [1] */
  'attribution.difference.positionEmbedding': Float32Tensor;
  /** [layer, head] */
  'attribution.difference.heads': Float32Tensor;
  /** [layer] */
  'attribution.difference.attnBiases': Float32Tensor;
  /** [layer] */
  'attribution.difference.mlps': Float32Tensor;
  /** [1] */
  'attribution.difference.finalBias': Float32Tensor;
  /** [1]. The difference of the logits. */
  'attribution.difference.sum': Float32Tensor;

  /**
   * [3, 5]. Of `about.neurons`: the tokens that its output row w speaks for most, by
   * (gain ⊙ (w − mean(w))) · W_U with the gain of the final layer norm.
   */
  'neurons.topIds': Int32Tensor;
  /** [3, 5]. Largest first. */
  'neurons.topLogits': Float32Tensor;
  /** [3, 5]. The tokens that it speaks against most. */
  'neurons.bottomIds': Int32Tensor;
  /** [3, 5]. Smallest first. */
  'neurons.bottomLogits': Float32Tensor;

  /** [n]. A distribution over the positions up to `about.positions[0]`, 0 after. */
  patternRow: Float32Tensor;
  /** [nEmbd] */
  steeringDirection: Float32Tensor;

  /** [2]. Target: the clean run's first choice. Versus: the corrupt run's, or the clean run's second. */
  'patching.ids': Int32Tensor;
  /** [1]. The clean run's logit of the target minus that of the other, at the last position. */
  'patching.clean': Float32Tensor;
  /** [1]. The corrupt run's. */
  'patching.corrupt': Float32Tensor;
  /** [layer, n]. The corrupt run's with the clean residPre of this layer at this position. */
  'patching.residPre': Float32Tensor;
  /** [layer, n] */
  'patching.attnOut': Float32Tensor;
  /** [layer, n] */
  'patching.mlpOut': Float32Tensor;
  /** [layer, head]. With the head's clean z at all positions. */
  'patching.heads': Float32Tensor;

  /** [layer, head]. Of a row of the pattern in nats, mean over all queries. */
  'scores.entropy': Float32Tensor;
  /** [layer, head]. Attention to the position before, mean over queries from 1. */
  'scores.previousToken': Float32Tensor;
  /** [layer, head]. Attention to position 0, mean over queries from 1. */
  'scores.firstToken': Float32Tensor;
  /**
   * [layer, head]. Summed attention to earlier occurrences of the query's token, mean over the queries
   * that have one.
   */
  'scores.sameToken': Float32Tensor;
  /**
   * [layer, head]. Summed attention to the positions after earlier occurrences of the query's token
   * (up to the query itself), mean over the same queries.
   */
  'scores.induction': Float32Tensor;
  /** [head, queryPos, keyPos]. ‖pattern · v W_O‖ in layer 0; v with its bias, no output bias. */
  valueWeighted: Float32Tensor;
  /** [queryPos, keyPos]. Attention rollout through all layers, half of each step staying in place. */
  rollout: Float32Tensor;

  /** [5, 6]. Of `about.tokens`: the nearest others among the rows of the token embedding. */
  'neighbours.embedding.cosine.ids': Int32Tensor;
  /** [5, 6] */
  'neighbours.embedding.cosine.scores': Float32Tensor;
  /** [5, 6] */
  'neighbours.embedding.dot.ids': Int32Tensor;
  /** [5, 6] */
  'neighbours.embedding.dot.scores': Float32Tensor;
  /** [5, 6]. The same among the rows of the unembedding; other tokens only where it is untied. */
  'neighbours.unembedding.cosine.ids': Int32Tensor;
  /** [5, 6] */
  'neighbours.unembedding.cosine.scores': Float32Tensor;
  /** [5, 6] */
  'neighbours.unembedding.dot.ids': Int32Tensor;
  /** [5, 6] */
  'neighbours.unembedding.dot.scores': Float32Tensor;
  /** [6]. Nearest to a − b + c by cosine in the token embedding, but for a, b and c themselves. */
  'analogy.ids': Int32Tensor;
  /** [6] */
  'analogy.cosines': Float32Tensor;
  /** [8, 2]. Of the token embeddings of `about.pcaTokens`, centred, on their first two axes. */
  'pca.coordinates': Float32Tensor;
  /** [2, nEmbd]. The largest component of each axis by absolute value is positive. */
  'pca.axes': Float32Tensor;
  /** [2]. Share of the variance. */
  'pca.explained': Float32Tensor;

  /** [beam, 6]. Continuations of the prompt, the likeliest first; end of text is like any token. */
  'beams.ids': Int32Tensor;
  /** [beam]. Sum of the tokens' logprobs, not divided by the length. */
  'beams.logprobs': Float32Tensor;
}

export interface Intervention {
  name: string;
  /** All made in the same run. */
  changes: Change[];
  logits: Float32Tensor; // [2, vocab], at `about.positions`
}

/**
 * What becomes of an activation, at all positions unless it says otherwise. A `mean` is over all
 * positions of the prompt: of the unchanged run (`clean`), or of this very run, in which earlier
 * layers are changed already (`altered`).
 */
export type Change = { layer: number } & (
  | ({ at: 'z'; head: number } & (
      { do: 'zero' } | { do: 'mean'; of: 'clean' | 'altered' } | { do: 'scale'; factor: number }
    ))
  | { at: 'mlpOut'; do: 'zero' }
  | { at: 'mlpOut'; do: 'mean'; of: 'clean' }
  | { at: 'attnOut'; do: 'scale'; factor: number } // with the output bias
  | { at: 'pattern'; do: 'row'; head: number; query: number } // becomes `patternRow`
  | { at: 'residPre'; do: 'add'; factor: number; from: number } // `steeringDirection`, from a position
);

export interface InspectorAbout {
  /** [middle, last]: where logits are kept. */
  positions: [number, number];
  neurons: { layer: number; neurons: number[] };
  tokens: number[]; // [5]
  analogy: [number, number, number];
  pcaTokens: number[]; // [8]
  beams: { width: number; tokens: number };
  /** Of tensor names, also `interventions.<name>`: the largest distance of float32 from float64. */
  noise: Record<string, number>;
}

const dataFolder = join(import.meta.dirname, 'data');

export function inspectorGoldens(): InspectorGolden[] {
  return readdirSync(dataFolder)
    .filter((file) => file.endsWith('.json'))
    .sort()
    .map((file) => loadInspectorGolden(file.replace('.json', '')));
}

function loadInspectorGolden(name: string): InspectorGolden {
  const { interventions, ...about } = JSON.parse(
    readFileSync(join(dataFolder, `${name}.json`), 'utf8'),
  ) as InspectorAbout & { interventions: Record<string, Change[]> };
  const stored = readTensors(join(dataFolder, `${name}.safetensors`));
  const tensors = Object.fromEntries(
    Array.from(stored, ([key, { dtype, shape, bytes }]) => [
      key,
      { shape, data: dtype === 'I32' ? new Int32Array(bytes) : new Float32Array(bytes) },
    ]),
  );
  return {
    name,
    folder: join(import.meta.dirname, '..', 'data', name),
    tensors: tensors as unknown as InspectorTensors,
    interventions: Object.entries(interventions).map(([name, changes]) => ({
      name,
      changes,
      logits: tensors[`interventions.${name}`] as Float32Tensor,
    })),
    about,
  };
}
