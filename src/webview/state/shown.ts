import type { PanelState, PanelUpdate, ShownInspection } from '../../protocol/panel';

/** What is on show: the host's state, and the position that was chosen here a moment ago. */
export interface Shown {
  state: PanelState | null;
  /** Index of the current token; null only where there is no inspection. */
  position: number | null;
}

/**
 * The host's new state. While a choice made here is on its way to the host (`choosing`), the host's
 * position is older than ours and is not followed, unless the inspection is another one.
 *
 * The result of the same inspection stays the object that it is, whether or not it comes along, so
 * that nothing is computed or drawn anew for it.
 */
export function receiveState(shown: Shown, update: PanelUpdate, choosing: boolean): Shown {
  const before = shown.state?.inspection;
  const { inspection } = update;
  const same = inspection !== null && inspection.serial === before?.serial;
  const result = same ? before.result : inspection?.result;
  const state = { ...update, inspection: inspection && result ? { ...inspection, result } : null };
  const position = same && choosing ? shown.position : update.position;
  return { state, position: clampPosition(state.inspection, position) };
}

/** A position that exists: the last token where none is named, null where there are no tokens. */
export function clampPosition(
  inspection: ShownInspection | null,
  position: number | null,
): number | null {
  const count = inspection?.result.tokens.length ?? 0;
  if (count === 0) return null;
  if (position === null) return count - 1;
  return Math.max(0, Math.min(count - 1, position));
}
