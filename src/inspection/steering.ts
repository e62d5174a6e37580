import type { PassOptions } from '../gpt/betweenStages';
import type { ResidualStream } from '../gpt/forwardPass';
import type { Model } from '../gpt/model';
import { tokenVectors } from '../gpt/probes/tokenVectors';
import type { Direction } from '../protocol/interventions';
import { UserError } from '../protocol/userError';
import type { Tokenizer } from '../tokenizer/tokenizer';
import { namedToken } from './namedToken';
import { readPrompt } from './prompt';

/** What a direction is made with. */
export interface SteeringSource {
  model: Model;
  tokenizer: Tokenizer;
  /** Prompts are read behind a beginning-of-text token. */
  bos: boolean;
  pass: (ids: readonly number[]) => Promise<ResidualStream>;
}

/**
 * The direction to steer by at a layer, [nEmbd]. Between prompts it is that of Turner et al. 2023
 * ("activation addition"), at the last position of each.
 *
 * @throws {UserError} where a name is no token, or the two ends are the same.
 */
export async function steeringDirection(
  source: SteeringSource,
  layer: number,
  { between, plus, minus }: Direction,
  options: PassOptions = {},
): Promise<Float32Array> {
  const [to, from] =
    between === 'tokens'
      ? await tokenRows(source, plus, minus)
      : [
          await lastResidPre(source, layer, plus, options),
          await lastResidPre(source, layer, minus, options),
        ];
  const direction = to.map((x, i) => x - from[i]!);
  if (direction.every((x) => x === 0)) {
    throw new UserError(
      `"${plus}" and "${minus}" are the same, so there is no direction between them: change one.`,
    );
  }
  return direction;
}

async function tokenRows(
  { model, tokenizer }: SteeringSource,
  plus: string,
  minus: string,
): Promise<[Float32Array, Float32Array]> {
  const { vocabSize, nEmbd } = model.config;
  const ids = [
    await namedToken(plus, tokenizer, vocabSize),
    await namedToken(minus, tokenizer, vocabSize),
  ];
  const rows = await tokenVectors(model, 'embedding', ids);
  return [rows.subarray(0, nEmbd), rows.subarray(nEmbd)];
}

async function lastResidPre(
  { model, tokenizer, bos, pass }: SteeringSource,
  layer: number,
  text: string,
  options: PassOptions,
): Promise<Float32Array> {
  if (text === '') throw new UserError('A prompt to steer by is empty: write a few words.');
  const { config } = model;
  const { ids } = await readPrompt(text, { tokenizer, config, bos, room: config.nCtx }, options);
  return (await pass(ids))[layer]!.subarray(-config.nEmbd);
}
