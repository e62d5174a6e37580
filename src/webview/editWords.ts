import type { InspectedToken } from '../protocol/inspection';
import type { Edit } from '../protocol/interventions';
import { displayToken } from '../tokenizer/tokenDisplay';
import { signed } from './format';
import { headName } from './headName';

/** A factor that a person may turn while they look on. */
export function factorOf(edit: Edit): number | null {
  return 'factor' in edit ? edit.factor : null;
}

/** The part of the model that an edit changes, such as "L5H1". */
export function editPart(edit: Edit): string {
  switch (edit.kind) {
    case 'ablateHead':
    case 'scaleHead':
    case 'setPatternRow':
      return headName(edit);
    case 'ablateMlp':
      return `L${edit.layer} MLP`;
    case 'scaleAttention':
      return `L${edit.layer} attention`;
    case 'steer':
      return `L${edit.layer} residPre`;
  }
}

/** What becomes of it, in as few words as a chip has room for. */
export function editChange(edit: Edit, tokens: readonly InspectedToken[]): string {
  const token = (index: number) => {
    const text = tokens[index]?.text;
    return text === undefined ? `token ${index}` : `${displayToken(text)} (${index})`;
  };
  switch (edit.kind) {
    case 'ablateHead':
    case 'ablateMlp':
      return edit.by === 'zero' ? 'off' : 'at its mean';
    case 'scaleHead':
    case 'scaleAttention':
      return `× ${signed(edit.factor, 2)}`;
    case 'setPatternRow':
      return `${token(edit.query)} looks ${rowWords(edit, token)}`;
    case 'steer':
      return `+ ${signed(edit.factor, 2)} × ${steeringWords(edit, token)}`;
  }
}

/** The same for a chip that has its factor in a field of its own behind it. */
export function editChangeLessFactor(edit: Edit, tokens: readonly InspectedToken[]): string {
  if (edit.kind !== 'steer') return '×';
  const token = (index: number) => displayToken(tokens[index]?.text ?? `token ${index}`);
  return `+ ${steeringWords(edit, token)} ×`;
}

function steeringWords(
  { direction: { plus, minus }, from }: Extract<Edit, { kind: 'steer' }>,
  token: (index: number) => string,
): string {
  return `(${short(plus)} − ${short(minus)})${from === 0 ? '' : ` from ${token(from)} on`}`;
}

function rowWords(
  { to }: Extract<Edit, { kind: 'setPatternRow' }>,
  token: (index: number) => string,
): string {
  switch (to.rule) {
    case 'only':
      return `at ${token(to.key)} only`;
    case 'uniform':
      return 'everywhere alike';
    case 'without':
      return `past ${token(to.key)}`;
    case 'weights':
      return 'as given';
  }
}

function short(text: string): string {
  const shown = displayToken(text);
  return shown.length > 24 ? `${shown.slice(0, 23)}…` : shown;
}

/** Puts an edit into the list: in place of one that it makes meaningless, else at the end. */
export function withEdit(edits: readonly Edit[], edit: Edit): Edit[] {
  const same = edits.findIndex((other) => slot(other) === slot(edit));
  return same === -1 ? [...edits, edit] : edits.map((other, i) => (i === same ? edit : other));
}

/** Edits of one slot stand in for one another. */
function slot(edit: Edit): string {
  switch (edit.kind) {
    case 'ablateHead':
    case 'scaleHead':
      return `z ${headName(edit)}`;
    case 'setPatternRow':
      return `row ${headName(edit)} ${edit.query}`;
    case 'steer':
      return JSON.stringify([edit.layer, edit.from, edit.direction]);
    case 'ablateMlp':
    case 'scaleAttention':
      return `${edit.kind} ${edit.layer}`;
  }
}
