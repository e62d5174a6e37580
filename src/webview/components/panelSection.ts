import { drawingTurn } from './drawingTurns';
import { StoreElement } from './storeElement';

/**
 * One analysis in the panel. Drawing all of them for the first time would be one long task, so each
 * has a turn of its own; what is inside it is drawn with it.
 */
export class PanelSection extends StoreElement {
  protected override async scheduleUpdate(): Promise<void> {
    if (!this.hasUpdated) await drawingTurn();
    await super.scheduleUpdate();
  }
}
