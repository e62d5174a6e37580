import type { Token } from '../protocol/inspection';
import { isByteToken } from './tokenPieces';

const escapes: Record<string, string> = {
  '\n': '\\n',
  '\t': '\\t',
  '\r': '\\r',
  '"': '\\"',
  '\\': '\\\\',
};

/**
 * How a token is written in an expression such as `king - man + woman`: a word as it is where it has
 * the space before it that a word inside of a sentence has, other text in quotes, and by its id what
 * is no text.
 */
export function tokenName({
  id,
  text,
  bytes,
  special,
}: Pick<Token, 'id' | 'text' | 'bytes' | 'special'>): string {
  if (special || isByteToken(text, bytes)) return String(id);
  if (/^ \p{L}+$/u.test(text)) return text.slice(1);
  return `"${text.replace(/[\n\t\r"\\]/g, (char) => escapes[char]!)}"`;
}

/** The same for a token that is known by its id and its text alone. */
export function candidateName({ id, text }: { id: number; text: string }): string {
  return /^ \p{L}+$/u.test(text) ? text.slice(1) : String(id);
}

/** Words, quoted texts and ids that stand in a row, with white space or commas between them. */
export function tokenList(text: string): string[] {
  const items = text.match(/"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'|[^\s,]+/g) ?? [];
  return items.map((item) =>
    /^(["']).*\1$/s.test(item) && item.length > 1
      ? `"${item.slice(1, -1).replace(/\\(.)/gs, (_, char: string) => unescaped[char] ?? char)}"`
      : item,
  );
}

const unescaped: Record<string, string> = { n: '\n', t: '\t', r: '\r' };
