/**
 * Moves the focus in a list of items of which one can be reached by Tab: arrow keys, Home and End.
 * Returns the new index; null where the key is none of these.
 */
export function rovingStep(key: string, at: number, count: number): number | null {
  switch (key) {
    case 'ArrowDown':
      return Math.min(at + 1, count - 1);
    case 'ArrowUp':
      return Math.max(at - 1, 0);
    case 'Home':
      return 0;
    case 'End':
      return count - 1;
    default:
      return null;
  }
}
