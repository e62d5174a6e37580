import type { ShownInspection } from '../../protocol/panel';
import { textOf } from '../comparedTexts';

/**
 * A short name for the inspected text and where it is from: the same under another model, and after
 * the window was reloaded.
 */
export function textKey({ source, result }: Pick<ShownInspection, 'source' | 'result'>): string {
  const text = textOf(result.tokens);
  // FNV-1a (Fowler, Noll & Vo), of UTF-16 units.
  let hash = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) {
    hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193) >>> 0;
  }
  return `${source} ${text.length} ${hash.toString(16)}`;
}
