import type { Cell } from '../state/store';

/** Where a key takes the crosshair in a pattern of n tokens; null where the key means nothing. */
export function crosshairStep({ query, key }: Cell, pressed: string, n: number): Cell | null {
  const to = (newQuery: number, newKey: number): Cell => {
    const row = Math.max(0, Math.min(n - 1, newQuery));
    return { query: row, key: Math.max(0, Math.min(row, newKey)) };
  };
  switch (pressed) {
    case 'ArrowLeft':
      return to(query, key - 1);
    case 'ArrowRight':
      return to(query, key + 1);
    case 'ArrowUp':
      return to(query - 1, key);
    case 'ArrowDown':
      return to(query + 1, key);
    case 'PageUp':
      return to(query - 10, key);
    case 'PageDown':
      return to(query + 10, key);
    case 'Home':
      return to(query, 0);
    case 'End':
      return to(query, query);
    default:
      return null;
  }
}
