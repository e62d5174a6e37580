import { compared } from './changes.js';
import { attention, description, headSummary, inspect, lens, logits, vocabulary } from './model.js';
import { reportOn } from './report.js';
import * as texts from './texts.js';
import { applyTheme } from './themes.js';

/** What the extension's host answers itself, also where there is a real engine. */
const hostAnswers = [
  'ready',
  'select',
  'command',
  'chooseFolder',
  'openConfig',
  'insertText',
  'copyText',
  'chooseExport',
  'saveExport',
  'documentLines',
  'revealLine',
  'documentReading',
  'changedHunks',
  'changedTokens',
  'changesReport',
  'revealChange',
  'changesAction',
];

/**
 * Plays VS Code and the extension's host side to the panel: `?fixture=…&theme=…`. What the panel
 * asked is kept in `window.asked`; `window.harness` drives the rest. With `?live=TEXT` a real engine
 * answers, by `window.askEngine`, and the text is inspected by the bundled model. With `?report=NAME`
 * the statistics of a document are shown too.
 */
const query = new URLSearchParams(location.search);
const delay = Number(query.get('delay') ?? 30);
const settings = { topK: 10, modelName: description.name };

function shown(text, source, position, truncated = null) {
  const result = inspect(text, settings.topK, truncated);
  return {
    inspection: { serial: 1, source, revealable: true, result },
    position: position ?? result.tokens.length - 1,
    busy: null,
    error: null,
    settings,
    compareWish: null,
    document: null,
  };
}

const nothing = {
  inspection: null,
  position: null,
  busy: null,
  error: null,
  settings,
  compareWish: null,
  document: null,
};

const fixtures = {
  sentence: () => shown(texts.sentence, 'notes.md:12', 8),
  code: () => shown(texts.code, 'softmax.ts:1–9', 30),
  scripts: () => shown(texts.scripts, 'unicode.txt:1–4', 12),
  long: () => {
    const state = shown(texts.long, 'essay.md:1–40', 700, { tokens: 812, characters: 3921 });
    const { result } = state.inspection;
    result.tokens.length = Math.min(result.tokens.length, 1024);
    result.run.ids.length = result.tokens.length;
    result.totals.tokens = result.tokens.length;
    return state;
  },
  one: () => shown('The', 'untitled:1', 0),
  error: () => ({
    ...shown(texts.sentence, 'notes.md:12', 8),
    error:
      'The model folder /home/ada/models/gpt2 has no config.json: choose a folder with a Hugging Face checkpoint.',
  }),
  busy: () => ({
    ...shown(texts.sentence, 'notes.md:12', 8),
    busy: { stage: 'loading', message: 'Loading GPT-2 (block 3 of 12)', fraction: 0.25 },
  }),
  empty: () => nothing,
  emptyBusy: () => ({
    ...nothing,
    busy: { stage: 'forward', message: 'Reading 240 tokens', fraction: null },
  }),
  emptyError: () => ({
    ...nothing,
    error: 'There is no text before the cursor: select some text and inspect again.',
  }),
};

/** A document that is compared with another version of it, beside whatever else is shown. */
const changes = query.has('changes') ? compared(query.get('changes')) : null;

const live = query.get('live');
let state = live === null ? fixtures[query.get('fixture') ?? 'sentence']() : nothing;
let reported = query.has('report') ? reportOn(query.get('report')) : null;
if (reported) state.document = reported.report;
if (changes) state = { ...state, changes: changes.state };
let saved;
let failing = null;
let exporting = null;
let folder = null;
let opening = null;
const provenance = {
  tool: 'Forward Pass',
  version: '0.0.0',
  source: 'notes.md:12',
  text: 'The text.',
  model: { ...description, sha256: 'ab'.repeat(32) },
  settings: { topK: settings.topK, beginningOfText: false },
};
const tell = (message) => window.postMessage(message, '*');
window.asked = [];

async function liveState() {
  const result = await window.askEngine('inspect', { text: live, topK: settings.topK, bos: false });
  const inspection = { serial: 1, source: 'live.md:1', revealable: true, result };
  const modelName = result.model.name;
  return {
    ...nothing,
    document: state.document,
    inspection,
    position: result.tokens.length - 1,
    settings: { ...settings, modelName },
  };
}

const answers = {
  ready: async () => (state = live === null ? state : await liveState()),
  attention: ({ run, layer, head }) => attention(run.ids, layer, head),
  headSummary: ({ run, layer, size, hideFirst }) => headSummary(run.ids, layer, size, hideFirst),
  lens: ({ run, position, topK }) => lens(run.ids, position, topK),
  logits: ({ run, position }) => logits(run.ids, position),
  vocabulary,
  select: ({ position }) => {
    state = structuredClone({ ...state, position });
    tell({ kind: 'event', event: 'state', data: state });
    return null;
  },
  command: () => null,
  ...changes?.answers,
  copyText: () => null,
  documentLines: () => reported.lines,
  revealLine: () => null,
  documentReading: () => null,
  insertText: () => null,
  chooseFolder: () => folder,
  inspect: ({ text }) => inspect(text, settings.topK, null),
  openConfig: () => opening,
  chooseExport: ({ formats }) =>
    formats.includes(exporting) ? { format: exporting, to: 'file', provenance } : null,
  saveExport: (file) => {
    window.exported = file;
    return true;
  },
};

window.acquireVsCodeApi = () => ({
  getState: () => saved,
  setState: (value) => (saved = structuredClone(value)),
  postMessage: ({ kind, id, method, params }) => {
    if (kind !== 'request') return;
    window.asked.push({ method, params });
    setTimeout(() => void answer(id, method, params), delay);
  },
});

async function answer(id, method, params) {
  try {
    if (failing?.method === method) throw new Error(failing.message);
    const own = answers[method];
    const fromEngine = !own || (live !== null && !hostAnswers.includes(method));
    const result = await (fromEngine ? window.askEngine(method, params) : own(params));
    tell({ kind: 'result', id, result });
  } catch (error) {
    tell({ kind: 'failure', id, message: error.message });
  }
}

window.harness = {
  applyTheme,
  /** Shows another fixture as a new inspection. */
  show(name) {
    const serial = (state.inspection?.serial ?? 0) + 1;
    state = { ...fixtures[name](), document: state.document };
    if (state.inspection) state.inspection.serial = serial;
    tell({ kind: 'event', event: 'state', data: state });
  },
  /** Inspects the live text again, as after the model was changed. */
  async again() {
    const serial = state.inspection.serial + 1;
    const next = await liveState();
    state = { ...next, inspection: { ...next.inspection, serial } };
    tell({ kind: 'event', event: 'state', data: state });
  },
  /** Lets one method fail with a sentence; null lets all succeed. */
  fail(method, message) {
    failing = method === null ? null : { method, message };
  },
  saved: () => saved,
  /** Reports on a document, of which a share is known; with `changes`, other than it would be. */
  report(name, known = 1, changes = {}) {
    const before = state.document;
    reported = reportOn(name, known);
    const version = (before?.version ?? 0) + 1;
    const document = { ...reported.report, serial: before?.serial ?? 1, version, ...changes };
    state = { ...state, document };
    tell({ kind: 'event', event: 'state', data: state });
  },
  /** Changes what is said of the compared document; null ends the comparison. */
  changes(what) {
    state = { ...state, changes: what && { ...changes.state, ...what } };
    tell({ kind: 'event', event: 'state', data: state });
  },
  /** What a person chooses when asked for a folder. */
  chooseFolder: (path) => (folder = path),
  /** As the command "Compare Selection". */
  compare(text) {
    const serial = (state.compareWish?.serial ?? 0) + 1;
    state = { ...state, compareWish: { serial, text, source: 'other.md:1' } };
    tell({ kind: 'event', event: 'state', data: state });
  },
  /** The prediction at the cursor; null while it is switched off. */
  cursor(cursor) {
    state = { ...state, cursor };
    tell({ kind: 'event', event: 'state', data: state });
  },
  /** The file that a person chooses when asked for one; null chooses none. */
  openAs: (path) => (opening = path),
  /** What a person chooses when asked as what to export; the file is then `window.exported`. */
  exportAs: (format) => (exporting = format),
};

applyTheme(query.get('theme') ?? 'dark');
