import { UserError } from '../../protocol/userError';

/** What a list says of one entry; what goes wrong with it must not take the others along. */
export function sentenceOf(error: unknown): string {
  if (error instanceof UserError) return error.message;
  const { code } = error as NodeJS.ErrnoException;
  return `It cannot be read (${code ?? 'unknown error'}).`;
}
