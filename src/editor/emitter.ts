/** Tells listeners that something changed; they ask for what they need. */
export class ChangeEmitter {
  private readonly listeners = new Set<() => void>();

  readonly event = (listener: () => void): { dispose(): void } => {
    this.listeners.add(listener);
    return { dispose: () => this.listeners.delete(listener) };
  };

  fire(): void {
    for (const listener of [...this.listeners]) listener();
  }
}
