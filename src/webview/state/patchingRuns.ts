import type { Inspection } from '../../protocol/inspection';
import { chosenToken } from '../chosenToken';
import { textOf } from '../comparedTexts';
import type { TokenChoice } from './choices/tokenChoice';
import { PatchingRun } from './patchingRun';
import type { PanelStore } from './store';

/** Maps that are kept: of other texts, tokens or activations. */
const runsKept = 12;

/** The corrupted text: what was written for the text on show, else the inspected text. */
export function corruptText({ result, textKey, choices }: PanelStore): string {
  const { corrupt } = choices.patching;
  return corrupt && corrupt.of === textKey ? corrupt.text : textOf(result?.tokens ?? []);
}

/** The maps of patches of one inspection, of which at most one is being computed. */
export class PatchingRuns {
  private of: Inspection | null = null;
  private readonly runs = new Map<string, PatchingRun>();

  constructor(
    private readonly store: PanelStore,
    private readonly changed: () => void,
  ) {}

  /** The one of what is chosen; null where it was not begun. Maps of another inspection are dropped. */
  get current(): PatchingRun | null {
    const { result } = this.store;
    if (this.of !== result) {
      this.of = result;
      this.stop();
      this.runs.clear();
    }
    return this.runs.get(this.key()) ?? null;
  }

  stop(): void {
    for (const run of this.runs.values()) run.stop();
  }

  /** Begins the one of what is chosen, or goes on with it. */
  start(): void {
    // One at a time: the engine does one thing after the other.
    this.stop();
    void (this.current ?? this.begin()).start();
  }

  private begin(): PatchingRun {
    const { store } = this;
    const { target, versus, at } = store.choices.patching;
    const { folder } = store.result!.run.model;
    const name = (choice: TokenChoice | null) => choice && String(chosenToken(choice, folder));
    const question = {
      result: store.result!,
      corruptText: corruptText(store),
      target: name(target),
      versus: name(versus),
      at,
    };
    const run = new PatchingRun(
      question,
      (method, params, signal) => store.request(method, params, signal),
      this.changed,
    );
    this.runs.set(this.key(), run);
    for (const oldest of this.runs.keys()) {
      if (this.runs.size <= runsKept) break;
      this.runs.delete(oldest);
    }
    return run;
  }

  private key(): string {
    const { target, versus, at } = this.store.choices.patching;
    return JSON.stringify([corruptText(this.store), target, versus, at]);
  }
}
