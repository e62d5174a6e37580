/** What an earlier session saved, of which nothing is certain: each part is read by what it must be. */
export type Saved = Record<string, unknown>;

export function asRecord(value: unknown): Saved {
  return typeof value === 'object' && value !== null ? (value as Saved) : {};
}

export function oneOf<T>(values: readonly T[], value: unknown, fallback: T): T {
  return values.find((known) => known === value) ?? fallback;
}

export function flag(value: unknown, fallback: boolean): boolean {
  return typeof value === 'boolean' ? value : fallback;
}

export function text(value: unknown): string | null {
  return typeof value === 'string' ? value : null;
}

/** The texts of a list; null where there is no list. */
export function texts(value: unknown): string[] | null {
  if (!Array.isArray(value)) return null;
  return value.filter((each): each is string => typeof each === 'string');
}

/** A number within limits; null where it is none. */
export function within(value: unknown, least: number, most: number): number | null {
  return typeof value === 'number' && value >= least && value <= most ? value : null;
}

/** A whole number that is not too small; null where it is none. */
export function whole(value: unknown, least: number): number | null {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= least ? value : null;
}
