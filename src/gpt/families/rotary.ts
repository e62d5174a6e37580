import { UserError } from '../../protocol/userError';
import type { Rotary } from '../config';
import type { ConfigReader } from '../configReader';

interface RotaryOptions {
  /** How many features of a head are turned. */
  dims: number;
  /** The base of the frequencies where config.json has none. */
  theta: number;
  /** The family calls the base otherwise than `rope_theta`, and `theta` is it. */
  ownTheta?: boolean;
  nCtx: number;
  /** What a family takes for the context before scaling where config.json does not say. */
  usualOriginal?: number;
  /** Which layers are meant where config.json has parameters for each kind of layer. */
  layers?: 'full_attention' | 'sliding_attention';
}

/**
 * The rotary positions that config.json describes, by `rope_theta` and `rope_scaling` or, since
 * transformers 5, by `rope_parameters`; and the context for which they are exact: LongRoPE turns
 * longer texts by other frequencies, which would change the beginning of a text by its end.
 *
 * @throws {UserError} where a kind of scaling is not known, or its numbers are missing.
 */
export function readRotary(
  reader: ConfigReader,
  { dims, theta: usual, ownTheta = false, nCtx, usualOriginal, layers }: RotaryOptions,
): { rotary: Rotary; nCtx: number } {
  if (dims < 2 || dims % 2 !== 0) {
    throw new UserError(
      `${reader.place}: rotary positions need an even number of features, but these are ${dims}.`,
    );
  }
  const all = reader.object('rope_parameters');
  const ofLayers = layers ? all?.object(layers) : null;
  // What stands in the older keys is about the layers that see everything.
  const older = layers === 'sliding_attention' ? null : reader;
  const parameters = ofLayers ?? all ?? older?.object('rope_scaling') ?? null;
  const outside = ownTheta ? null : older?.optionalPositive('rope_theta');
  const theta = parameters?.optionalPositive('rope_theta') ?? outside ?? usual;
  const base = Array.from({ length: dims / 2 }, (_, i) => 1 / theta ** ((2 * i) / dims));
  const written =
    parameters?.optionalText('rope_type') ?? parameters?.optionalText('type') ?? 'default';
  // The first checkpoints of Phi-3 said so of what is LongRoPE by its factors.
  const kind = written === 'yarn' && parameters?.has('short_factor') ? 'longrope' : written;
  const turned = (inverseFrequencies: number[], scale = 1, exactUpTo = nCtx) => ({
    rotary: {
      pairs: 'halves' as const,
      inverseFrequencies,
      scale,
      base: theta,
      scaling: kind === 'default' ? null : kind,
    },
    nCtx: exactUpTo,
  });
  if (parameters === null || kind === 'default') return turned(base);
  const original =
    reader.optionalSize('original_max_position_embeddings') ??
    usualOriginal ??
    parameters.optionalSize('original_max_position_embeddings');
  switch (kind) {
    case 'linear': {
      const factor = parameters.positive('factor');
      return turned(base.map((frequency) => frequency / factor));
    }
    case 'dynamic':
      // Frequencies change only beyond `max_position_embeddings`, where no text here reaches.
      return turned(base);
    case 'llama3':
      return turned(llama3(base, parameters, original ?? nCtx));
    case 'yarn': {
      const { frequencies, scale } = yarn(base, parameters, theta, dims, original ?? nCtx);
      return turned(frequencies, scale);
    }
    case 'longrope':
    case 'su': {
      const trained = original ?? nCtx;
      const exact = Math.min(nCtx, trained);
      const stretch = parameters.optionalPositive('factor') ?? nCtx / trained;
      const scale =
        parameters.optionalPositive('attention_factor') ??
        (stretch <= 1 ? 1 : Math.sqrt(1 + Math.log(stretch) / Math.log(trained)));
      const factors = parameters.positives('short_factor', dims / 2);
      return turned(
        base.map((frequency, i) => frequency / factors[i]!),
        scale,
        exact,
      );
    }
    case 'factors': {
      // llama.cpp writes what Llama 3 divides its frequencies by into the file.
      const factors = parameters.positives('factors', dims / 2);
      return turned(base.map((frequency, i) => frequency / factors[i]!));
    }
    default:
      throw new UserError(
        `${reader.place}: rotary positions of the kind "${kind}" are not supported; ` +
          'default, linear, dynamic, llama3, yarn and longrope are.',
      );
  }
}

/** Llama 3.1's scaling: low frequencies are slowed, high ones kept, those between mixed. */
function llama3(base: number[], parameters: ConfigReader, original: number): number[] {
  const factor = parameters.positive('factor');
  const low = parameters.positive('low_freq_factor');
  const high = parameters.positive('high_freq_factor');
  return base.map((frequency) => {
    const turns = (original * frequency) / (2 * Math.PI);
    if (turns < low) return frequency / factor;
    if (turns > high) return frequency;
    const kept = (turns - low) / (high - low);
    return ((1 - kept) * frequency) / factor + kept * frequency;
  });
}

/** YaRN (Peng et al. 2023). */
function yarn(
  base: number[],
  parameters: ConfigReader,
  theta: number,
  dims: number,
  original: number,
): { frequencies: number[]; scale: number } {
  const factor = parameters.positive('factor');
  const magnitude = (weight: number) => (factor <= 1 ? 1 : 0.1 * weight * Math.log(factor) + 1);
  const [mscale, mscaleAll] = ['mscale', 'mscale_all_dim'].map((key) =>
    parameters.optionalPositive(key),
  );
  const scale =
    parameters.optionalPositive('attention_factor') ??
    (mscale && mscaleAll ? magnitude(mscale) / magnitude(mscaleAll) : magnitude(1));
  /** Which feature makes so many turns over the original context. */
  const featureOf = (turns: number) =>
    (dims * Math.log(original / (turns * 2 * Math.PI))) / (2 * Math.log(theta));
  const whole = parameters.flag('truncate', true);
  const first = featureOf(parameters.optionalPositive('beta_fast') ?? 32);
  const last = featureOf(parameters.optionalPositive('beta_slow') ?? 1);
  const low = Math.max(whole ? Math.floor(first) : first, 0);
  const high = Math.min(whole ? Math.ceil(last) : last, dims - 1);
  const width = high === low ? 0.001 : high - low;
  const frequencies = base.map((frequency, i) => {
    const slowed = Math.min(1, Math.max(0, (i - low) / width));
    return (frequency / factor) * slowed + frequency * (1 - slowed);
  });
  return { frequencies, scale };
}
