import type { SessionState } from './inspectionSession';
import { threeFigures, count } from './numbers';

export interface StatusText {
  text: string;
  /** For screen readers: the text without icons. */
  spoken: string;
  failed: boolean;
}

const short = (value: number) => (value < 100 ? threeFigures : count)(value);

/** Names of folders can be long, and a status bar is short. */
const NAME_LENGTH = 20;

/** What the status bar says of the state, in as few words as possible. */
export function statusText({ inspection, busy, error, settings }: SessionState): StatusText {
  if (busy) {
    const what = busy.stage === 'loading' ? 'Loading' : 'Running';
    const percent = busy.fraction === null ? '' : ` ${Math.round(busy.fraction * 100)} %`;
    const spoken = `${what} ${shortened(settings.modelName)}${percent}`;
    return { text: `$(loading~spin) ${spoken}`, spoken, failed: false };
  }
  if (error !== null) {
    return { text: '$(warning) Forward Pass', spoken: `Forward Pass: ${error}`, failed: true };
  }
  if (!inspection) {
    return { text: '$(search-sparkle) Forward Pass', spoken: 'Forward Pass', failed: false };
  }
  // Figures belong to the model that gave them, whichever the setting names by now.
  const { totals, model } = inspection.result;
  const parts = [shortened(model.name), `${count(totals.tokens)} tok`];
  if (totals.perplexity !== null) parts.push(`ppl ${short(totals.perplexity)}`);
  const spoken =
    `${model.name}, ${count(totals.tokens)} tokens` +
    (totals.perplexity === null ? '' : `, perplexity ${short(totals.perplexity)}`);
  return { text: `$(search-sparkle) ${parts.join(' · ')}`, spoken, failed: false };
}

/** The rows of the status bar's tooltip: label and value, both plain text. */
export function statusDetails({ inspection, busy, error }: SessionState): [string, string][] {
  const rows: [string, string][] = [];
  if (busy) rows.push(['Now', busy.message]);
  if (error !== null) rows.push(['Failed', error]);
  if (!inspection) return rows;
  const { model, totals, truncated, timing } = inspection.result;
  rows.push(['Model', `${model.name} (${model.family}, ${count(model.parameters)} parameters)`]);
  rows.push(['Text', inspection.source]);
  rows.push(['Tokens', count(totals.tokens)]);
  if (truncated) {
    rows.push(['Left out', `the first ${count(truncated.tokens)} tokens: ${count(model.nCtx)} are read at most`]); // prettier-ignore
  }
  if (totals.perplexity !== null) rows.push(['Perplexity', short(totals.perplexity)]);
  if (totals.bitsPerByte !== null) rows.push(['Bits per byte', short(totals.bitsPerByte)]);
  rows.push(['Forward pass', `${short(timing.forwardMs)} ms`]);
  return rows;
}

function shortened(name: string): string {
  return name.length > NAME_LENGTH ? `${name.slice(0, NAME_LENGTH - 1).trimEnd()}…` : name;
}
