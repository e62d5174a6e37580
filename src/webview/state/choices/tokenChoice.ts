import { asRecord, whole } from './saved';

/** A token that somebody wrote (`id` is null then), or took from a list. */
export interface TokenChoice {
  text: string;
  id: number | null;
}

export function restoreTokenChoice(value: unknown): TokenChoice | null {
  const { text, id } = asRecord(value);
  return typeof text === 'string' ? { text, id: whole(id, 0) } : null;
}
