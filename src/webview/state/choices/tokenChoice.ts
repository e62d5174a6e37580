import { asRecord, text, whole } from './saved';

/** A token that somebody wrote (`id` is null then), or took from a list. */
export interface TokenChoice {
  text: string;
  id: number | null;
  /** The folder of the model that the id is of: another one's id is another token. */
  folder?: string | null;
}

export function restoreTokenChoice(value: unknown): TokenChoice | null {
  const { text: written, id, folder } = asRecord(value);
  return typeof written === 'string'
    ? { text: written, id: whole(id, 0), folder: text(folder) }
    : null;
}
