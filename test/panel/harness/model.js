import ranks from 'gpt-tokenizer/bpeRanks/r50k_base';
import { tokenText } from '../../../src/tokenizer/tokenText';
import { earlierOccurrences, headScores } from '../../../src/inspection/headScores';
import { writeThumbnail } from '../../../src/inspection/headThumbnail';
import { encode } from 'gpt-tokenizer/encoding/r50k_base';

/**
 * A stand-in for the engine: real tokens, and numbers that agree with one another (the inspection,
 * the logits and the patterns all come from the functions below) but mean nothing.
 */
const vocabSize = 50257;
const utf8 = new TextEncoder();

export const description = {
  name: 'GPT-2 (stand-in)',
  folder: '/models/gpt2',
  family: 'gpt2',
  nLayer: 12,
  nHead: 12,
  nKvHead: 12,
  dHead: 64,
  gatedMlp: false,
  norm: 'layerNorm',
  queryKeyNorms: false,
  outputNorms: false,
  positions: 'learned',
  rotary: [],
  attentionWindow: new Array(12).fill(null),
  parallelResidual: false,
  scoreCap: null,
  logitCap: null,
  embeddingScale: 1,
  fidelity: null,
  nEmbd: 768,
  nInner: 3072,
  nCtx: 1024,
  vocabSize,
  parameters: 124439808,
  parametersByComponent: [],
  dtype: 'F32',
  bytes: 548105171,
  activation: 'geluTanh',
  layerNormEpsilon: 1e-5,
  tied: true,
  untied: null,
  tokenizer: 'r50k_base',
  bosTokenId: 50256,
};

export function bytesOf(id) {
  const rank = ranks[id];
  return typeof rank === 'string' ? [...utf8.encode(rank)] : rank ? [...rank] : [];
}

const textOf = (bytes) => tokenText(Uint8Array.from(bytes));

export function vocabulary() {
  return Array.from({ length: vocabSize }, (_, id) =>
    id === vocabSize - 1 ? '<|endoftext|>' : textOf(bytesOf(id)),
  );
}

/** A number from 0 to 1 that depends on all of `parts`. */
export function noise(...parts) {
  let h = 0x9e3779b9;
  for (const part of parts) h = Math.imul(h ^ (part + 0x7f4a7c15), 0x85ebca6b) ^ (h >>> 13);
  h = Math.imul(h ^ (h >>> 16), 0xc2b2ae35);
  return ((h ^ (h >>> 15)) >>> 0) / 2 ** 32;
}

/** Words that may follow anything, so that the bars show something to read. */
const common = Array.from({ length: ranks.length }, (_, id) => id).filter((id) =>
  / [a-z]{2,}$/.test(typeof ranks[id] === 'string' ? ranks[id] : ''),
);

/** Logits after `position`: frequent words before rare ones, the token that follows often ahead. */
export function logits(ids, position) {
  const context = (ids[position] ?? 0) + 31 * (ids[position - 1] ?? 0);
  const result = new Float32Array(vocabSize);
  for (let id = 0; id < vocabSize; id++) result[id] = -44 - 4 * noise(id, context);
  const sharpness = 2 + 5 * noise(context, 1);
  common.forEach((id, place) => {
    result[id] += 9 - 1.1 * Math.log(place + 4) + sharpness * noise(id, context) ** 9;
  });
  const next = ids[position + 1];
  if (next !== undefined) result[next] = -40 + 9 * noise(position, next);
  return result;
}

function summarise(values, topK, next) {
  let max = -Infinity;
  for (const value of values) max = Math.max(max, value);
  let sum = 0;
  let weighted = 0;
  for (const value of values) {
    const e = Math.exp(value - max);
    sum += e;
    weighted += e * (value - max);
  }
  const total = max + Math.log(sum);
  const order = [];
  for (let id = 0; id < values.length; id++) {
    if (order.length === topK && values[id] <= values[order[topK - 1]]) continue;
    let at = order.length;
    while (at > 0 && values[order[at - 1]] < values[id]) at--;
    order.splice(at, 0, id);
    order.length = Math.min(order.length, topK);
  }
  let rank = 1;
  if (next !== undefined) for (const value of values) if (value > values[next]) rank++;
  return {
    top: order.map((id) => ({ id, logprob: values[id] - total })),
    entropy: Math.log(sum) - weighted / sum,
    logprob: next === undefined ? null : values[next] - total,
    rank: next === undefined ? null : rank,
  };
}

export function inspect(text, topK, truncated = null) {
  const ids = encode(text, { disallowedSpecial: new Set() });
  const texts = vocabulary();
  const named = ({ id, logprob }) => ({ id, text: texts[id], logprob });
  const after = ids.map((_, position) => summarise(logits(ids, position), topK, ids[position + 1]));
  let start = 0;
  let nats = 0;
  let bytes = 0;
  const tokens = ids.map((id, index) => {
    const own = bytesOf(id);
    const end = start + Math.max(1, textOf(own).startsWith('\\x') ? 1 : texts[id].length);
    const before = after[index - 1];
    nats -= before?.logprob ?? 0;
    if (before) bytes += own.length;
    const token = {
      index,
      id,
      text: texts[id],
      bytes: own,
      start,
      end,
      special: false,
      logprob: before?.logprob ?? null,
      rank: before?.rank ?? null,
      entropy: before?.entropy ?? null,
      top: after[index].top.map(named),
    };
    start = end;
    return token;
  });
  const last = after.at(-1);
  const lastLogits = logits(ids, ids.length - 1);
  return {
    run: { model: { folder: description.folder, threads: 0 }, ids },
    model: description,
    tokens,
    next: last.top.map((top) => ({
      ...named(top),
      logit: lastLogits[top.id],
      probability: Math.exp(top.logprob),
    })),
    totals: {
      tokens: ids.length,
      nats,
      bitsPerByte: bytes > 0 ? nats / Math.LN2 / bytes : null,
      perplexity: ids.length > 1 ? Math.exp(nats / (ids.length - 1)) : null,
    },
    truncated,
    timing: { loadMs: 410, forwardMs: 63 },
  };
}

/** From the distribution of another context, layer by layer, to the one that is the final one. */
export function lens(ids, position, topK) {
  const { nLayer } = description;
  const final = logits(ids, position);
  const early = logits(ids, position + 1).map((x) => x - 3);
  const texts = vocabulary();
  const finalId = summarise(final, 1).top[0].id;
  const actualId = ids[position + 1];
  const places = [
    { stream: 'residPre', layer: 0 },
    ...Array.from({ length: nLayer }, (_, layer) => [
      { stream: 'residMid', layer },
      { stream: 'residPost', layer },
    ]).flat(),
  ];
  const streams = places.map((place, i) => {
    const share = i / (places.length - 1);
    const values = final.map((x, id) => share * x + (1 - share) * early[id]);
    const own = summarise(values, topK, finalId);
    const expectation = ({ logprob, rank }) => ({
      logprob,
      probability: Math.exp(logprob),
      rank,
    });
    return {
      ...place,
      top: own.top.map(({ id, logprob }) => ({
        id,
        text: texts[id],
        logprob,
        probability: Math.exp(logprob),
      })),
      entropy: own.entropy,
      final: expectation(own),
      actual: actualId === undefined ? null : expectation(summarise(values, 1, actualId)),
    };
  });
  const named = (id) => (id === undefined ? null : { id, text: texts[id] });
  return { position, final: named(finalId), actual: named(actualId), streams };
}

/** Five kinds of heads, as they are found in small GPTs, each with some noise. */
export function attention(ids, layer, head) {
  if (typeof head !== 'number') return together(ids, layer, head);
  const n = ids.length;
  const kind = (layer * 7 + head) % 5;
  const pattern = new Float32Array(n * n);
  for (let query = 0; query < n; query++) {
    let sum = 0;
    for (let key = 0; key <= query; key++) {
      const distance = query - key;
      const score = [
        distance === 1 ? 5 : key === 0 ? 2.5 : 0, // the token before
        key === 0 ? 5.5 : -distance / 8, // the first token
        -distance / 3, // what is near
        key > 0 && ids[key - 1] === ids[query] ? 6 : key === 0 ? 4 : 0, // induction
        ids[key] === ids[query] ? 4 : key === 0 ? 3 : 0, // the same token
      ][kind];
      const e = Math.exp(score + 2.2 * noise(layer, head, query, key));
      pattern[query * n + key] = e;
      sum += e;
    }
    for (let key = 0; key <= query; key++) pattern[query * n + key] /= sum;
  }
  return { layer, heads: [head], tokens: n, pattern };
}

/** Mean and largest of two heads; rollout is taken for the mean. */
function together(ids, layer, head) {
  const [a, b] = [attention(ids, layer, 0).pattern, attention(ids, layer, 1).pattern];
  const pattern = a.map((x, i) => (head === 'max' ? Math.max(x, b[i]) : (x + b[i]) / 2));
  return { layer, heads: [0, 1], tokens: ids.length, pattern };
}

/** As the engine's, of no more tokens than a thumbnail has cells. */
export function headSummary(all, layer, wanted, hideFirst) {
  const ids = all.slice(0, wanted);
  const size = ids.length;
  const earlier = earlierOccurrences(ids);
  const { nHead } = description;
  const summary = {
    layer,
    scores: [],
    size,
    thumbnails: new Uint8Array(nHead * size * size),
    peaks: new Float32Array(nHead),
  };
  for (let head = 0; head < nHead; head++) {
    const { pattern } = attention(ids, layer, head);
    summary.scores.push(headScores(pattern, earlier));
    const target = summary.thumbnails.subarray(head * size * size, (head + 1) * size * size);
    summary.peaks[head] = writeThumbnail(target, pattern, size, size, hideFirst ? 1 : 0);
  }
  return summary;
}
