import { changesReport, reportedHunks } from '../../../src/inspection/changesReport';
import { compareDocuments } from '../../../src/inspection/documentComparison';
import { changedTokens } from '../../../src/editor/changes/changedTokens';
import { description, inspect, vocabulary } from './model.js';

const before = `# Walking tides

The moon pulls the sea twice a day, and so the water rises and falls along the shore.
Fishermen have always known when to leave and when to come home.

Nobody had to tell them.

At night the boats lie on the sand, and in the morning they float again.
The harbour master writes the hours on a board.

Children count the steps between the two lines.
`;

const after = before
  .replace('twice a day', 'every evening')
  .replace('Nobody had to tell them.\n', '')
  .replace('float again', 'float again, as if nobody had ever put them there')
  .replace('between the two lines', 'from one line to the other');

/** A text as the stand-in reads it. */
function read(text) {
  const tokens = text === '' ? [] : inspect(text, 1).tokens;
  const column = (Type, of) => Type.from(tokens, of);
  return {
    text,
    model: description,
    windows: [],
    ids: column(Uint32Array, ({ id }) => id),
    starts: column(Uint32Array, ({ start }) => start),
    ends: column(Uint32Array, ({ end }) => end),
    byteLengths: column(Uint32Array, ({ bytes }) => bytes.length),
    logprobs: column(Float32Array, ({ logprob }) => logprob ?? NaN),
    ranks: column(Uint32Array, ({ rank }) => rank ?? 0),
    k: 1,
    topIds: column(Uint32Array, (_, i) => tokens[i - 1]?.top[0].id ?? 0),
  };
}

const many = Array.from({ length: 40 }, (_, i) => `Line ${i} says something.\n`).join('\n');

const versions = {
  changes: [before, after],
  changesMany: [many, many.replaceAll('something', 'anything at all').replace('Line 7 ', '')],
  changesNone: [before, before],
  changesAll: ['', after],
};

/** What the host knows of a comparison: its state, and the answers to what the panel asks about it. */
export function compared(name) {
  const [a, b] = (versions[name] ?? versions.changes).map(read);
  const comparison = compareDocuments(a, b);
  const { hunks, ...figures } = comparison;
  const texts = vocabulary();
  const state = {
    serial: 1,
    source: 'tides.md',
    base: 'head',
    status: 'done',
    fraction: 1,
    error: null,
    version: 1,
    figures: { ...figures, hunks: hunks.length, model: description },
  };
  const answers = {
    changedHunks: () => reportedHunks(comparison, a, b),
    changedTokens: ({ hunk }) => changedTokens(hunks, hunk, a, b, texts),
    changesReport: () => changesReport(comparison, a, b, (id) => texts[id]),
    revealChange: () => null,
    changesAction: () => null,
  };
  return { state, answers };
}
