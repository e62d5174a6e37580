import { encode } from 'gpt-tokenizer/encoding/r50k_base';
import { documentLines } from '../../../src/inspection/documentLines';
import { documentStatistics } from '../../../src/inspection/documentStatistics';
import { mostSurprising, surprisingLine } from '../../../src/inspection/surprisingLines';
import { isContinuation, unitsBegunBy } from '../../../src/tokenizer/utf8';
import { bytesOf, description, noise } from './model.js';
import * as texts from './texts.js';

/** Documents to report on, by name. */
const documents = {
  code: ['softmax.ts', texts.code],
  scripts: ['unicode.txt', texts.scripts],
  essay: ['essay.md', texts.long.replace(/([.?!]) /g, '$1\n')],
  part: ['a rather long name of a document, for one.md:112–130', texts.code],
  empty: ['empty.md', ''],
  one: ['one.md', 'The'],
  minified: ['bundle.min.js', texts.code.replace(/\s+/g, ' ').repeat(12)],
};

/** Plays the host's side of a document's statistics, with numbers that mean nothing; `known` is a share. */
export function reportOn(name, known = 1) {
  const [source, text] = documents[name];
  const ids = encode(text, { disallowedSpecial: new Set() });
  const n = ids.length;
  const isKnown = (i) => i > 0 && i < known * n;
  const bits = ids.map((id, i) => 22 * noise(id, i, 1) ** 5);
  const read = {
    ...ranges(ids.map(bytesOf)),
    byteLengths: Uint32Array.from(ids, (id) => bytesOf(id).length),
    logprobs: Float32Array.from(bits, (bits, i) => (isKnown(i) ? -bits * Math.LN2 : NaN)),
    ranks: Uint32Array.from(bits, (bits, i) => (isKnown(i) ? Math.ceil(2 ** (0.75 * bits)) : 0)),
    entropies: Float32Array.from(ids, (id, i) => (isKnown(i) ? 4 * noise(id, i, 2) : NaN)),
  };
  const { lines, ...figures } = documentStatistics(text, read);
  const chosen = new Set([
    ...mostSurprising(lines, 'bits', 50),
    ...mostSurprising(lines, 'bitsPerByte', 50),
  ]);
  const report = {
    serial: 1,
    version: 1,
    source,
    model: { name: description.name, nCtx: description.nCtx },
    status: known < 1 ? 'reading' : 'done',
    fraction: known,
    error: null,
    figures,
    lines: lines.starts.length,
    surprising: Array.from(chosen, (line) => surprisingLine(text, read, lines, line, 1)),
    ordered: Math.min(50, chosen.size),
  };
  return { report, lines: documentLines(text, read, lines, 1, 400) };
}

/** UTF-16 ranges as the tokenizer has them: of a part of a character, the whole of it. */
function ranges(tokens) {
  const [starts, ends] = [new Uint32Array(tokens.length), new Uint32Array(tokens.length)];
  let [units, width] = [0, 0];
  tokens.forEach((bytes, i) => {
    starts[i] = isContinuation(bytes[0]) ? units - width : units;
    for (const byte of bytes) {
      if (!isContinuation(byte)) width = unitsBegunBy(byte);
      units += unitsBegunBy(byte);
    }
    ends[i] = units;
  });
  return { starts, ends };
}
