import type { RankedToken, RunRef } from './inspection';

/** What is taken from the clean run and put into the corrupted one, at one position of one layer. */
export type PatchPlace = 'residPre' | 'attnOut' | 'mlpOut';

/** Two runs of the same model over texts of the same number of tokens. */
export interface PatchRuns {
  clean: RunRef;
  corrupt: RunRef;
}

/** What is measured: the logit of `target` less that of `versus`, after the last token. */
export interface PatchParams extends PatchRuns {
  target: number;
  versus: number;
}

/** The two ends of the scale that patching is measured on. */
export interface PatchBaseline {
  target: { id: number; text: string };
  versus: { id: number; text: string };
  /** Logit differences. */
  clean: number;
  corrupt: number;
  /** The most likely token after each text. */
  cleanTop: RankedToken;
  corruptTop: RankedToken;
  /** Positions at which the two texts have different tokens. */
  differing: number[];
}

/** Logit differences of the patched runs, in the order asked for. */
export interface Patched {
  difference: Float32Array;
  /** 0 is the corrupted run, 1 the clean one: (patched − corrupted) / (clean − corrupted). */
  restored: Float32Array;
}

/** Requests about activation patching (Meng et al. 2022; Heimersheim and Nanda 2024). */
export interface PatchingRequests {
  /**
   * Tokens as a person names them; by default the most likely one after the clean text, and after
   * the corrupted one.
   */
  patchBaseline: {
    params: PatchRuns & { target: string | null; versus: string | null };
    result: PatchBaseline;
  };
  /** The positions from `from` to before `to` of one layer, each patched alone. */
  patch: {
    params: PatchParams & { at: PatchPlace; layer: number; from: number; to: number };
    result: Patched;
  };
  /** Each head of a layer alone: its z at all positions. */
  patchHeads: { params: PatchParams & { layer: number }; result: Patched };
}
