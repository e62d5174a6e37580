import type { LookedToken } from '../drawing/attentionLines';

/** Where a key takes the focus; null where the key means nothing. */
export function tokenStep(
  { side, index }: LookedToken,
  pressed: string,
  n: number,
): LookedToken | null {
  const to = (other: number): LookedToken => ({
    side,
    index: Math.max(0, Math.min(n - 1, other)),
  });
  switch (pressed) {
    case 'ArrowUp':
      return to(index - 1);
    case 'ArrowDown':
      return to(index + 1);
    case 'PageUp':
      return to(index - 10);
    case 'PageDown':
      return to(index + 10);
    case 'Home':
      return to(0);
    case 'End':
      return to(n - 1);
    case 'ArrowLeft':
      return { side: 'query', index };
    case 'ArrowRight':
      return { side: 'key', index };
    default:
      return null;
  }
}
