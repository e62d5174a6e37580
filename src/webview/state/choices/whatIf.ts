import type { Edit } from '../../../protocol/interventions';
import { asRecord, type Saved } from './saved';

export interface WhatIfChoices {
  /** What is changed of the model in "What if". */
  edits: Edit[];
}

export const defaultWhatIf: WhatIfChoices = { edits: [] };

const kinds: readonly Edit['kind'][] = [
  'ablateHead',
  'ablateMlp',
  'scaleHead',
  'scaleAttention',
  'setPatternRow',
  'steer',
];

/** Edits of a kind that there is; the engine says what does not fit the model. */
export function restoreWhatIf({ edits }: Saved): WhatIfChoices {
  return { edits: Array.isArray(edits) ? edits.filter(isEdit) : defaultWhatIf.edits };
}

function isEdit(value: unknown): value is Edit {
  const { kind, layer, to, direction } = asRecord(value);
  if (kind === 'setPatternRow' && typeof to !== 'object') return false;
  if (kind === 'steer' && typeof direction !== 'object') return false;
  return kinds.some((known) => known === kind) && typeof layer === 'number';
}
