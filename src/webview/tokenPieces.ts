/**
 * A token's text cut after each line break, so that the strip can break where the text does. A
 * carriage return at the very end belongs to the line feed with which the next token begins.
 */
export function tokenPieces(
  text: string,
  next: string | undefined,
): { text: string; breaks: boolean }[] {
  const pieces = text.match(/[^\r\n]*(?:\r\n|\r|\n)|[^\r\n]+/g) ?? [''];
  return pieces.map((piece, i) => {
    const last = i === pieces.length - 1;
    const split = last && piece.endsWith('\r') && next?.startsWith('\n') === true;
    return { text: piece, breaks: /[\r\n]$/.test(piece) && !split };
  });
}

/** A token of bytes that are no whole characters is written as `\xNN`. */
export function isByteToken(text: string, bytes: readonly number[]): boolean {
  return text.includes('\\x') && new TextEncoder().encode(text).length !== bytes.length;
}
