import type { Token } from '../../protocol/inspection';
import type { LoadedModel } from '../loadedModel';

/** What an id of the model's vocabulary stands for; padding has no bytes. */
export function tokenOfId(
  { tokenizer, textOf }: LoadedModel,
  id: number,
): Pick<Token, 'id' | 'text' | 'bytes' | 'special'> {
  const padding = !tokenizer.has(id);
  return {
    id,
    text: textOf(id),
    bytes: padding ? [] : [...tokenizer.bytesOf(id)],
    special: padding || id === tokenizer.endOfTextId || tokenizer.isSpecial(id),
  };
}
