/** How many bytes of UTF-8 come before a place in a text; asked for places near the last one. */
export class ByteCount {
  private unit = 0;
  private bytes = 0;

  /** @param text without lone surrogates */
  constructor(private readonly text: string) {}

  /** @param unit UTF-16 offset, not within a character */
  before(unit: number): number {
    while (this.unit < unit) {
      const code = this.text.charCodeAt(this.unit);
      const pair = code >= 0xd800 && code <= 0xdfff;
      this.bytes += code < 0x80 ? 1 : code < 0x800 ? 2 : pair ? 4 : 3;
      this.unit += pair ? 2 : 1;
    }
    while (this.unit > unit) {
      const code = this.text.charCodeAt(this.unit - 1);
      const pair = code >= 0xd800 && code <= 0xdfff;
      this.bytes -= code < 0x80 ? 1 : code < 0x800 ? 2 : pair ? 4 : 3;
      this.unit -= pair ? 2 : 1;
    }
    return this.bytes;
  }
}
