import type { Sampling } from '../../../protocol/inspection';
import { asRecord, oneOf, type Saved, whole, within } from './saved';

/** What the number beside each bar says. */
export type BarValue = 'probability' | 'logprob' | 'logit';

/** How the distribution of the next token is sampled, and what is said of it. */
export interface NextTokenChoices {
  sampling: Sampling;
  barValue: BarValue;
}

/** The model's own distribution: nothing flattened, nothing cut off. */
export const plainSampling: Sampling = { temperature: 1, topK: null, topP: 1 };

/** Nothing flattened, nothing cut off: the numbers are the model's own. */
export function isPlain({ temperature, topK, topP }: Sampling): boolean {
  return temperature === 1 && topK === null && topP === 1;
}

export const defaultNextToken: NextTokenChoices = {
  sampling: plainSampling,
  barValue: 'probability',
};

export function restoreNextToken(from: Saved): NextTokenChoices {
  const { temperature, topK, topP } = asRecord(from.sampling);
  return {
    sampling: {
      temperature: within(temperature, 0, 2) ?? plainSampling.temperature,
      topK: whole(topK, 1),
      topP: within(topP, 0, 1) ?? plainSampling.topP,
    },
    barValue: oneOf(['probability', 'logprob', 'logit'], from.barValue, defaultNextToken.barValue),
  };
}
