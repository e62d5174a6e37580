import type { PanelMessage, PanelRequests } from '../../protocol/panel';
import { questionKey } from '../state/questionKey';
import type { Recording } from './recording';

const absent =
  'This page holds what was on show when it was saved. To ask more, inspect the text in VS Code.';

/** Plays VS Code to a panel from a recording: the same answers, and a sentence for all others. */
export class Replay {
  private readonly answers: ReadonlyMap<string, unknown>;
  private saved: unknown;

  constructor(
    private readonly recording: Recording,
    private readonly tell: (message: PanelMessage) => void,
  ) {
    this.answers = new Map(
      recording.answers.map(({ method, key, value }) => [`${method} ${key}`, value]),
    );
    this.saved = recording.choices;
  }

  getState(): unknown {
    return this.saved;
  }

  setState(state: unknown): void {
    this.saved = state;
  }

  postMessage(message: PanelMessage): void {
    if (message.kind !== 'request') return;
    const { id } = message;
    // An answer never comes before the question has been asked.
    queueMicrotask(() => {
      const result = this.answer(message.method, message.params);
      this.tell(
        result === undefined
          ? { kind: 'failure', id, message: absent }
          : { kind: 'result', id, result },
      );
    });
  }

  private answer(method: keyof PanelRequests, params: unknown): unknown {
    const { state } = this.recording;
    if (method === 'ready') return state;
    if (method === 'select') {
      state.position = (params as PanelRequests['select']['params']).position;
      return null;
    }
    return this.answers.get(`${method} ${questionKey(params)}`);
  }
}
