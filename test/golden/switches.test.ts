import { afterAll, afterEach, describe, expect, it, vi } from 'vitest';
import type { Activation, GptConfig, Rotary } from '../../src/gpt/config';
import { forwardPass } from '../../src/gpt/forwardPass';
import type { BlockLayout, Dense, Layout } from '../../src/gpt/families/layout';
import { families } from '../../src/gpt/families/registry';
import { Model } from '../../src/gpt/model';
import { limits } from './comparePass';
import { maxDistance } from './distance';
import { familiesFolder, goldenNames, loadGolden } from './goldens';

/** One option of a model read wrongly, and the golden models that must not let it pass. */
interface Mistake {
  what: string;
  goldens: readonly string[];
  config?: (config: GptConfig) => Partial<GptConfig>;
  layout?: (layout: Layout) => Partial<Layout>;
  block?: (block: BlockLayout) => Partial<BlockLayout>;
}

const layers = <T>(values: readonly T[], change: (value: T) => T) => values.map(change);
const activation = (activation: Activation) => () => ({ activation });
const window = (change: (size: number) => number | null) => (config: GptConfig) => ({
  attentionWindow: layers(config.attentionWindow, (size) => (size === null ? null : change(size))),
});
const rotary = (change: (turned: Rotary) => Partial<Rotary>) => (config: GptConfig) => ({
  rotary: layers(config.rotary, (turned) => turned && { ...turned, ...change(turned) }),
});
const unbiased = (dense: Dense): Dense => ({ ...dense, bias: null });

const mistakes: Mistake[] = [
  // What every family has.
  {
    what: 'ε ten times as large',
    goldens: ['neoxOdd', 'epsilon'],
    config: ({ layerNormEpsilon }) => ({ layerNormEpsilon: layerNormEpsilon * 10 }),
  },
  {
    what: 'layer norm for RMSNorm',
    goldens: ['llama', 'gemma', 'phi3'],
    config: () => ({ norm: 'layerNorm' }),
  },
  {
    what: 'RMSNorm for layer norm',
    goldens: ['opt', 'neox', 'phi'],
    config: () => ({ norm: 'rmsNorm' }),
  },
  {
    what: 'scores scaled by 1 % more',
    goldens: ['neo', 'gemma2', 'gemma3', 'inverseLayer', 'unscaled'],
    config: ({ attentionScale }) => ({
      attentionScale: layers(attentionScale, (scale) => scale * 1.01),
    }),
  },
  {
    what: 'the scale of layer 0 in all layers',
    goldens: ['inverseLayer'],
    config: ({ attentionScale }) => ({
      attentionScale: layers(attentionScale, () => attentionScale[0]!),
    }),
  },
  {
    what: 'GELU’s approximation for GELU',
    goldens: ['neoOdd', 'neox', 'optGelu', 'gelu'],
    config: activation('geluTanh'),
  },
  {
    what: 'GELU for its approximation',
    goldens: ['neoxSequential', 'phi', 'gptj', 'gemma', 'base'],
    config: activation('gelu'),
  },
  { what: 'GELU for ReLU', goldens: ['opt', 'relu'], config: activation('gelu') },
  { what: 'GELU for SiLU', goldens: ['llama', 'qwen3', 'silu'], config: activation('gelu') },
  // Windows.
  {
    what: 'a window one wider',
    goldens: ['neo', 'mistral', 'qwen2', 'gemma2', 'gemma3', 'phi3'],
    config: window((size) => size + 1),
  },
  {
    what: 'a window one narrower',
    goldens: ['neo', 'mistral', 'qwen2', 'gemma2', 'gemma3', 'phi3'],
    config: window((size) => size - 1),
  },
  {
    what: 'no window',
    goldens: ['neoOdd', 'mistral', 'qwen2', 'gemma2', 'gemma3', 'phi3'],
    config: window(() => null),
  },
  {
    what: 'windows in the other layers',
    goldens: ['neo', 'qwen2', 'gemma2', 'gemma3'],
    config: ({ attentionWindow }) => ({
      attentionWindow: layers(attentionWindow, (size) =>
        size === null ? attentionWindow.find((other) => other !== null)! : null,
      ),
    }),
  },
  // Positions.
  {
    what: 'no rotation',
    goldens: ['neox', 'gptj', 'llama', 'gemma', 'phi'],
    config: ({ nLayer }) => ({ rotary: new Array<null>(nLayer).fill(null) }),
  },
  {
    what: 'neighbours turned together',
    goldens: ['neoxSequential', 'llama', 'gemma', 'phi', 'phi3'],
    config: rotary(() => ({ pairs: 'neighbours' })),
  },
  {
    what: 'halves turned together',
    goldens: ['gptj', 'gptjWhole'],
    config: rotary(() => ({ pairs: 'halves' })),
  },
  {
    what: 'a base 5 % larger',
    goldens: ['neoxSequential', 'gptj', 'llamaLinear', 'phi'],
    config: rotary(({ inverseFrequencies }) => ({
      inverseFrequencies: inverseFrequencies.map(
        (f, i) => f / 1.05 ** (i / inverseFrequencies.length),
      ),
    })),
  },
  {
    what: 'one pair of features turned more',
    goldens: ['neox', 'neoxOdd', 'gptj', 'phi', 'phiGrouped'],
    config: rotary(({ inverseFrequencies }) => ({
      inverseFrequencies: [...inverseFrequencies, inverseFrequencies.at(-1)! / 10],
    })),
  },
  {
    what: 'one pair of features turned less',
    goldens: ['neoxSequential', 'gptj', 'gptjWhole', 'phiGrouped', 'llama'],
    config: rotary(({ inverseFrequencies }) => ({
      inverseFrequencies: inverseFrequencies.slice(0, -1),
    })),
  },
  {
    what: 'no scale of the turned features',
    goldens: ['llamaYarn', 'phi3Long'],
    config: rotary(() => ({ scale: 1 })),
  },
  {
    what: 'frequencies without their scaling',
    goldens: ['llama3', 'llamaLinear', 'llamaYarn', 'phi3Long', 'gemma3Newer'],
    config: rotary(({ inverseFrequencies, base }) => ({
      inverseFrequencies: inverseFrequencies.map(
        (_, i) => base ** (-i / inverseFrequencies.length),
      ),
    })),
  },
  {
    what: 'the rotation of layer 0 in all layers',
    goldens: ['gemma3', 'gemma3Newer'],
    config: ({ rotary, nLayer }) => ({ rotary: new Array<Rotary | null>(nLayer).fill(rotary[0]!) }),
  },
  {
    what: 'no offset of positions',
    goldens: ['opt', 'optGelu'],
    layout: ({ positionEmbedding }) => ({
      positionEmbedding: { ...positionEmbedding!, offset: 0 },
    }),
  },
  {
    what: 'no position embedding',
    goldens: ['neo', 'opt', 'base'],
    layout: () => ({ positionEmbedding: null }),
  },
  // What single families have.
  {
    what: 'sequential for parallel',
    goldens: ['neox', 'gptj', 'phi'],
    config: () => ({ parallelResidual: false }),
  },
  {
    what: 'parallel for sequential',
    goldens: ['neoxSequential', 'llama', 'base'],
    config: () => ({ parallelResidual: true }),
  },
  {
    what: 'gains without their offset',
    goldens: ['gemma', 'gemma2', 'gemma3'],
    config: () => ({ gainOffset: 0 }),
  },
  { what: 'an offset of gains', goldens: ['llama', 'qwen3'], config: () => ({ gainOffset: 1 }) },
  {
    what: 'token vectors not scaled',
    goldens: ['gemma', 'gemma2', 'gemma3'],
    config: () => ({ embeddingScale: 1 }),
  },
  { what: 'scores not capped', goldens: ['gemma2'], config: () => ({ scoreCap: null }) },
  { what: 'scores capped at 50', goldens: ['gemma2Uncapped'], config: () => ({ scoreCap: 50 }) },
  { what: 'logits not capped', goldens: ['gemma2'], config: () => ({ logitCap: null }) },
  {
    what: 'no norm of queries',
    goldens: ['qwen3', 'qwen3Tied', 'gemma3'],
    block: () => ({ queryNorm: null }),
  },
  {
    what: 'no norm of keys',
    goldens: ['qwen3', 'qwen3Tied', 'gemma3'],
    block: () => ({ keyNorm: null }),
  },
  {
    what: 'the norms of queries and keys exchanged',
    goldens: ['qwen3', 'gemma3'],
    block: ({ queryNorm, keyNorm }) => ({ queryNorm: keyNorm, keyNorm: queryNorm }),
  },
  {
    what: 'no norm of what attention writes',
    goldens: ['gemma2', 'gemma3'],
    block: () => ({ attentionOutputNorm: null }),
  },
  {
    what: 'no norm of what the MLP writes',
    goldens: ['gemma2', 'gemma3'],
    block: () => ({ mlpOutputNorm: null }),
  },
  {
    what: 'the MLP reads attention’s norm',
    goldens: ['neox', 'llama', 'base'],
    block: () => ({ mlpNorm: null }),
  },
  {
    what: 'heads side by side, for head by head',
    goldens: ['neox', 'neoxOdd'],
    block: ({ projection }) =>
      projection.kind === 'separate' ? {} : { projection: { ...projection, kind: 'sideBySide' } },
  },
  {
    what: 'head by head, for side by side',
    goldens: ['base', 'phi3Long'],
    block: ({ projection }) =>
      projection.kind === 'separate' ? {} : { projection: { ...projection, kind: 'byHead' } },
  },
  {
    what: 'gate and up exchanged',
    goldens: ['llama', 'gemma'],
    block: ({ mlpInput }) =>
      mlpInput.kind === 'gated'
        ? { mlpInput: { kind: 'gated', gate: mlpInput.up, up: mlpInput.gate } }
        : {},
  },
  // Biases.
  {
    what: 'queries without their bias',
    goldens: ['qwen2', 'llamaBias', 'qwen3Tied', 'phi'],
    block: ({ projection }) =>
      projection.kind === 'separate'
        ? { projection: { ...projection, q: unbiased(projection.q) } }
        : {},
  },
  {
    what: 'values without their bias',
    goldens: ['qwen2', 'llamaBias', 'qwen3Tied', 'phi'],
    block: ({ projection }) =>
      projection.kind === 'separate'
        ? { projection: { ...projection, v: unbiased(projection.v) } }
        : {},
  },
  {
    what: 'queries, keys and values without biases',
    goldens: ['neox', 'base'],
    block: ({ projection }) =>
      projection.kind === 'separate'
        ? {}
        : { projection: { ...projection, qkv: unbiased(projection.qkv) } },
  },
  {
    what: 'attention’s output without its bias',
    goldens: ['neo', 'neox', 'llamaBias', 'opt', 'phi'],
    block: ({ attentionOutput }) => ({ attentionOutput: unbiased(attentionOutput) }),
  },
  {
    what: 'the MLP’s output without its bias',
    goldens: ['neo', 'neox', 'llamaBias', 'opt', 'phi', 'gptj'],
    block: ({ mlpOutput }) => ({ mlpOutput: unbiased(mlpOutput) }),
  },
  {
    what: 'the head without its bias',
    goldens: ['gptj', 'phi'],
    layout: () => ({ unembeddingBias: null }),
  },
  {
    what: 'the embedding for a head of its own',
    goldens: ['neoOdd', 'neox', 'llama', 'optGelu', 'headOwn'],
    layout: () => ({ unembedding: null }),
  },
];

/** The golden that noticed each mistake least, with its distance. */
const least: Record<string, { golden: string; logit: number }> = {};
afterAll(() => console.table(least));
afterEach(() => vi.restoreAllMocks());

const ofFamilies = goldenNames(familiesFolder);

/** How far the logits of a golden model are, when the option is read wrongly. */
async function distanceWith({ config, layout, block }: Mistake, name: string): Promise<number> {
  vi.restoreAllMocks();
  for (const family of families) {
    const right = { ...family };
    vi.spyOn(family, 'readConfig').mockImplementation((reader) => {
      const read = right.readConfig(reader);
      return { ...read, ...config?.(read) };
    });
    vi.spyOn(family, 'layout').mockImplementation((...of) => {
      const found = right.layout(...of);
      const blocks = found.blocks.map((own) => ({ ...own, ...block?.(own) }));
      return { ...found, blocks, ...layout?.(found) };
    });
  }
  const golden = loadGolden(name, ofFamilies.includes(name) ? familiesFolder : undefined);
  const model = await Model.load(golden.folder, 1);
  try {
    const { ids, logits } = golden.inputs.at(-1)!;
    const residual = await forwardPass(model, ids);
    return maxDistance(await model.logits(residual.at(-1)!), logits);
  } finally {
    await model.release();
  }
}

describe('an option that is read wrongly is noticed by a golden model', () => {
  const cases = mistakes.flatMap((mistake) =>
    mistake.goldens.map((golden) => ({ golden, what: mistake.what, mistake })),
  );

  it.each(cases)('$what in $golden', async ({ golden, what, mistake }) => {
    const distance = await distanceWith(mistake, golden);
    if (!(distance > (least[what]?.logit ?? Infinity))) least[what] = { golden, logit: distance };
    expect(distance).toBeGreaterThan(2 * limits.logit);
  });

  it('and the same way of reading it rightly is not', async () => {
    for (const golden of ['base', 'neox', 'llama', 'gemma2']) {
      const distance = await distanceWith({ what: 'nothing', goldens: [] }, golden);
      expect(distance).toBeLessThan(limits.logit);
    }
  });
});
