import type { LineMeasure } from '../../inspection/surprisingLines';
import type { HeadChoice } from '../../protocol/attention';
import type { TokenMatrix, VectorMeasure } from '../../protocol/embeddings';
import type { Edit } from '../../protocol/interventions';
import type { PatchPlace } from '../../protocol/patching';
import type { Sampling } from '../../protocol/inspection';
import type { NeuronMeasure } from '../../protocol/neurons';
import type { TokenColoring } from '../../protocol/panel';

/** What the number beside each bar says. */
export type BarValue = 'probability' | 'logprob' | 'logit';

export type HeadsTogether = 'one' | Exclude<HeadChoice, number>;

export type Overlay = 'from' | 'to' | 'none';

/** What the inspection is compared with: a text, or the same text under another model. */
export type ComparedWith =
  { kind: 'text'; text: string; source: string } | { kind: 'model'; folder: string };
/** What the cells of the lens table are coloured by. */
export type LensColor = 'probability' | 'final' | 'kl';

/** A token that somebody wrote (`id` is null then), or took from a list. */
export interface TokenChoice {
  text: string;
  id: number | null;
}

/** What is patched where; a text that is null is the inspected one. */
export interface PatchingChoice {
  /** The inspection's serial that the text was written for, and the text. */
  corrupt: { serial: number; text: string } | null;
  /** Null is the likeliest token after the clean text. */
  target: TokenChoice | null;
  /** Null is the likeliest token after the corrupted text. */
  versus: TokenChoice | null;
  at: PatchPlace | 'heads';
}

/** What a person set in the panel; kept by VS Code when the panel is hidden or reloaded. */
export interface Choices {
  coloring: TokenColoring;
  layer: number;
  head: number;
  /** The chosen head alone, or what the heads of the layer make together. */
  heads: HeadsTogether;
  /** Weights multiplied by the norm of what they move. */
  weighted: boolean;
  /** Leave the first token, where attention goes when it has nowhere to go, out of the pictures. */
  hideFirst: boolean;
  logarithmic: boolean;
  attentionView: 'map' | 'lines';
  /** What lies under the token strip: attention from the current token, to it, or none. */
  overlay: Overlay;
  sampling: Sampling;
  barValue: BarValue;
  /** The inspection that is compared, by its serial, and with what. */
  comparison: { serial: number; with: ComparedWith } | null;
  /** The lens shows the current position, or all. */
  lensView: 'position' | 'all';
  lensColor: LensColor;
  /** Null is the likeliest token. */
  attributionTarget: TokenChoice | null;
  /** Null is none. */
  attributionVersus: TokenChoice | null;
  neurons: NeuronChoices;
  embeddings: EmbeddingChoices;
  config: ConfigChoices;
  /** Tokens that a continuation adds. */
  continueCount: number;
  /** Of the next sample. */
  continueSeed: number;
  beamWidth: number;
  /** The trees of continuations of the text on show, as they are saved. */
  continuations: unknown;
  /** What is changed of the model in "What if". */
  edits: Edit[];
  patching: PatchingChoice;
  /** What a document's lines are ordered by. */
  lineOrder: LineMeasure;
  /** Changes of a document as they come in it, or the largest first. */
  changeOrder: 'line' | 'size';
  /** Names of the sections that are folded. */
  folded: string[];
  /** Names of the sections that are shown as tables. */
  tables: string[];
}

export interface NeuronChoices {
  /** Null is all layers. */
  layer: number | null;
  by: NeuronMeasure;
  /** The neuron that is looked at along the text. */
  open: { layer: number; neuron: number } | null;
}

export type EmbeddingView = 'nearest' | 'direction' | 'map';

export interface EmbeddingChoices {
  view: EmbeddingView;
  /** Null is the current token, whichever that is. */
  expression: string | null;
  from: string;
  to: string;
  /** Of the map, as they were written. */
  words: string;
  matrix: TokenMatrix;
  measure: VectorMeasure;
  finalNorm: boolean;
}

/** Whose parameters are shown. */
export interface ConfigChoices {
  /** Null is the model that is loaded. */
  place: { known: string } | { path: string } | null;
  /** Count the unembedding as a matrix of its own. */
  untied: boolean;
}

/** The model's own distribution: nothing flattened, nothing cut off. */
export const plainSampling: Sampling = { temperature: 1, topK: null, topP: 1 };

export const defaultChoices: Choices = {
  coloring: 'surprisal',
  layer: 0,
  head: 0,
  heads: 'one',
  weighted: false,
  hideFirst: false,
  logarithmic: false,
  attentionView: 'map',
  overlay: 'from',
  sampling: plainSampling,
  barValue: 'probability',
  comparison: null,
  continueCount: 20,
  continueSeed: 1,
  beamWidth: 4,
  continuations: null,
  lensView: 'position',
  lensColor: 'probability',
  attributionTarget: null,
  attributionVersus: null,
  neurons: { layer: null, by: 'activation', open: null },
  embeddings: {
    view: 'nearest',
    expression: null,
    from: 'man',
    to: 'woman',
    words:
      'king queen man woman boy girl one two three four London Paris Rome Monday Tuesday Friday',
    matrix: 'embedding',
    measure: 'cosine',
    finalNorm: false,
  },
  config: { place: null, untied: false },
  edits: [],
  patching: { corrupt: null, target: null, versus: null, at: 'residPre' },
  lineOrder: 'bits',
  changeOrder: 'line',
  folded: [
    'continue',
    'compare',
    'embeddings',
    'model',
    'attribution',
    'neurons',
    'whatIf',
    'patching',
  ],
  tables: [],
};

const colorings: readonly TokenColoring[] = ['surprisal', 'probability', 'rank', 'entropy', 'none'];
const barValues: readonly BarValue[] = ['probability', 'logprob', 'logit'];

/** The choices in what an earlier session saved; whatever does not fit is the default. */
export function restoreChoices(saved: unknown): Choices {
  const from = asRecord(saved);
  const sampling = asRecord(from.sampling);
  return {
    coloring: oneOf(colorings, from.coloring, defaultChoices.coloring),
    layer: whole(from.layer, 0) ?? 0,
    head: whole(from.head, 0) ?? 0,
    heads: oneOf(['one', 'mean', 'max', 'rollout'], from.heads, defaultChoices.heads),
    weighted: flag(from.weighted, defaultChoices.weighted),
    hideFirst: flag(from.hideFirst, defaultChoices.hideFirst),
    logarithmic: flag(from.logarithmic, defaultChoices.logarithmic),
    attentionView: oneOf(['map', 'lines'], from.attentionView, defaultChoices.attentionView),
    overlay: oneOf(['from', 'to', 'none'], from.overlay, defaultChoices.overlay),
    sampling: {
      temperature: within(sampling.temperature, 0, 2) ?? 1,
      topK: whole(sampling.topK, 1),
      topP: within(sampling.topP, 0, 1) ?? 1,
    },
    barValue: oneOf(barValues, from.barValue, defaultChoices.barValue),
    comparison: comparison(from.comparison),
    continueCount: whole(from.continueCount, 1) ?? defaultChoices.continueCount,
    continueSeed: whole(from.continueSeed, 0) ?? defaultChoices.continueSeed,
    beamWidth: whole(from.beamWidth, 1) ?? defaultChoices.beamWidth,
    continuations: from.continuations ?? null,
    lensView: oneOf(['position', 'all'] as const, from.lensView, defaultChoices.lensView),
    lensColor: oneOf(['probability', 'final', 'kl'] as const, from.lensColor, 'probability'),
    attributionTarget: tokenChoice(from.attributionTarget),
    attributionVersus: tokenChoice(from.attributionVersus),
    neurons: restoreNeurons(asRecord(from.neurons)),
    embeddings: restoreEmbeddings(asRecord(from.embeddings)),
    config: restoreConfig(asRecord(from.config)),
    edits: edits(from.edits),
    patching: patching(from.patching),
    lineOrder: oneOf(['bits', 'bitsPerByte'], from.lineOrder, defaultChoices.lineOrder),
    changeOrder: oneOf(['line', 'size'], from.changeOrder, defaultChoices.changeOrder),
    folded: names(from.folded) ?? defaultChoices.folded,
    tables: names(from.tables) ?? defaultChoices.tables,
  };
}

function restoreNeurons(from: Record<string, unknown>): NeuronChoices {
  const open = asRecord(from.open);
  const [layer, neuron] = [whole(open.layer, 0), whole(open.neuron, 0)];
  return {
    layer: whole(from.layer, 0),
    by: oneOf(['activation', 'written'], from.by, 'activation'),
    open: layer === null || neuron === null ? null : { layer, neuron },
  };
}

function restoreEmbeddings(from: Record<string, unknown>): EmbeddingChoices {
  const usual = defaultChoices.embeddings;
  return {
    view: oneOf(['nearest', 'direction', 'map'], from.view, usual.view),
    expression: text(from.expression),
    from: text(from.from) ?? usual.from,
    to: text(from.to) ?? usual.to,
    words: text(from.words) ?? usual.words,
    matrix: oneOf(['embedding', 'unembedding'], from.matrix, usual.matrix),
    measure: oneOf(['cosine', 'dot'], from.measure, usual.measure),
    finalNorm: from.finalNorm === true,
  };
}

function restoreConfig(from: Record<string, unknown>): ConfigChoices {
  const place = asRecord(from.place);
  const [known, path] = [text(place.known), text(place.path)];
  return {
    place: known !== null ? { known } : path !== null ? { path } : null,
    untied: from.untied === true,
  };
}

/** Nothing flattened, nothing cut off: the numbers are the model's own. */
export function isPlain({ temperature, topK, topP }: Sampling): boolean {
  return temperature === 1 && topK === null && topP === 1;
}

function comparison(value: unknown): Choices['comparison'] {
  const { serial, with: asked } = asRecord(value);
  const { kind, text, source, folder } = asRecord(asked);
  if (typeof serial !== 'number') return null;
  if (kind === 'text' && typeof text === 'string' && typeof source === 'string') {
    return { serial, with: { kind, text, source } };
  }
  return kind === 'model' && typeof folder === 'string' ? { serial, with: { kind, folder } } : null;
}

const editKinds: readonly Edit['kind'][] = [
  'ablateHead',
  'ablateMlp',
  'scaleHead',
  'scaleAttention',
  'setPatternRow',
  'steer',
];

/** Edits of a kind that there is; the engine says what does not fit the model. */
function edits(value: unknown): Edit[] {
  if (!Array.isArray(value)) return [];
  return value.filter((edit): edit is Edit => {
    const { kind, layer, to, direction } = asRecord(edit);
    if (kind === 'setPatternRow' && typeof to !== 'object') return false;
    if (kind === 'steer' && typeof direction !== 'object') return false;
    return editKinds.some((known) => known === kind) && typeof layer === 'number';
  });
}

function patching(value: unknown): PatchingChoice {
  const from = asRecord(value);
  const { serial, text } = asRecord(from.corrupt);
  return {
    corrupt: typeof serial === 'number' && typeof text === 'string' ? { serial, text } : null,
    target: tokenChoice(from.target),
    versus: tokenChoice(from.versus),
    at: oneOf(['residPre', 'attnOut', 'mlpOut', 'heads'] as const, from.at, 'residPre'),
  };
}

function asRecord(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
}

function oneOf<T>(values: readonly T[], value: unknown, fallback: T): T {
  return values.find((known) => known === value) ?? fallback;
}

function flag(value: unknown, fallback: boolean): boolean {
  return typeof value === 'boolean' ? value : fallback;
}

function names(value: unknown): string[] | null {
  if (!Array.isArray(value)) return null;
  return value.filter((name): name is string => typeof name === 'string');
}

function tokenChoice(value: unknown): TokenChoice | null {
  const { text, id } = asRecord(value);
  return typeof text === 'string' ? { text, id: whole(id, 0) } : null;
}

function text(value: unknown): string | null {
  return typeof value === 'string' ? value : null;
}

function within(value: unknown, least: number, most: number): number | null {
  return typeof value === 'number' && value >= least && value <= most ? value : null;
}

function whole(value: unknown, least: number): number | null {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= least ? value : null;
}
