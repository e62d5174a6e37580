import { LitElement } from 'lit';
import { property } from 'lit/decorators.js';
import type { PanelStore } from '../state/store';

/** A component that shows something of the store, and is drawn again when the store changes. */
export class StoreElement extends LitElement {
  @property({ attribute: false }) store!: PanelStore;

  private unsubscribe: (() => void) | null = null;

  override connectedCallback(): void {
    super.connectedCallback();
    this.unsubscribe = this.store.subscribe(() => this.requestUpdate());
  }

  override disconnectedCallback(): void {
    this.unsubscribe?.();
    super.disconnectedCallback();
  }
}
