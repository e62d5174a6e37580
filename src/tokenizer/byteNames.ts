/**
 * GPT-2's printable stand-in for each byte in vocabulary files: itself where it is a visible
 * Latin-1 character, else the next unused code point from U+0100 on (`bytes_to_unicode` of the
 * GPT-2 release).
 */
export const byteNames: readonly string[] = names();

const byteOfName: ReadonlyMap<string, number> = new Map(
  byteNames.map((name, byte) => [name, byte]),
);

/** The bytes that a token of a byte-level vocabulary is written for; null where it is no such. */
export function namedBytes(name: string): number[] | null {
  const bytes: number[] = [];
  for (const character of name) {
    const byte = byteOfName.get(character);
    if (byte === undefined) return null;
    bytes.push(byte);
  }
  return bytes;
}

function names(): string[] {
  let next = 0x100;
  return Array.from({ length: 256 }, (_, byte) => {
    const visible =
      (byte >= 0x21 && byte <= 0x7e) || (byte >= 0xa1 && byte <= 0xac) || byte >= 0xae;
    return String.fromCodePoint(visible ? byte : next++);
  });
}
