import type { GptConfig } from '../config';

/** What most GPTs have in common; a family says only where it differs. */
export function uniform(
  nLayer: number,
): Pick<
  GptConfig,
  | 'gainOffset'
  | 'attentionWindow'
  | 'rotary'
  | 'scoreCap'
  | 'logitCap'
  | 'parallelResidual'
  | 'embeddingScale'
> {
  return {
    gainOffset: 0,
    attentionWindow: new Array<null>(nLayer).fill(null),
    rotary: new Array<null>(nLayer).fill(null),
    scoreCap: null,
    logitCap: null,
    parallelResidual: false,
    embeddingScale: 1,
  };
}
