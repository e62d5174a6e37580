import type { HeadChoice } from '../../../protocol/attention';
import { flag, oneOf, type Saved, whole } from './saved';

export type HeadsTogether = 'one' | Exclude<HeadChoice, number>;

export type Overlay = 'from' | 'to' | 'none';

/** Which pattern is looked at, and how. */
export interface AttentionChoices {
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
}

export const defaultAttention: AttentionChoices = {
  layer: 0,
  head: 0,
  heads: 'one',
  weighted: false,
  hideFirst: false,
  logarithmic: false,
  attentionView: 'map',
  overlay: 'from',
};

export function restoreAttention(from: Saved): AttentionChoices {
  const usual = defaultAttention;
  return {
    layer: whole(from.layer, 0) ?? usual.layer,
    head: whole(from.head, 0) ?? usual.head,
    heads: oneOf(['one', 'mean', 'max', 'rollout'], from.heads, usual.heads),
    weighted: flag(from.weighted, usual.weighted),
    hideFirst: flag(from.hideFirst, usual.hideFirst),
    logarithmic: flag(from.logarithmic, usual.logarithmic),
    attentionView: oneOf(['map', 'lines'], from.attentionView, usual.attentionView),
    overlay: oneOf(['from', 'to', 'none'], from.overlay, usual.overlay),
  };
}
