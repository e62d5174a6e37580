import type { Provenance } from '../../protocol/exports';
import { questionKey } from '../state/questionKey';
import type { PanelStore } from '../state/store';
import { type Recording, writeRecording } from './recording';

/** Up to so many weights, about 5 MB as text, a page holds every head and not only those seen. */
const mostWeights = 1_000_000;

/** The whole panel as a recording: what it shows, all answers that it has, and its colours. */
export async function pageRecording(store: PanelStore, provenance: Provenance): Promise<string> {
  const { state, choices, result } = store;
  const { run, tokens, model } = result!;
  const answers: Recording['answers'] = store.answers();
  if (model.nLayer * model.nHead * tokens.length ** 2 <= mostWeights) {
    const known = new Set(answers.map(({ method, key }) => `${method} ${key}`));
    for (let layer = 0; layer < model.nLayer; layer++) {
      for (let head = 0; head < model.nHead; head++) {
        const params = { run, layer, head, weighted: choices.weighted };
        const key = questionKey(params);
        if (known.has(`attention ${key}`)) continue;
        answers.push({ method: 'attention', key, value: await store.request('attention', params) });
      }
    }
  }
  const { style } = document.documentElement;
  const theme = { style: style.cssText, className: document.body.className };
  // A page has no cursor and no diff editor.
  const recorded = { ...state!, changes: null, cursor: null };
  return writeRecording({ provenance, state: recorded, choices, answers, theme });
}
