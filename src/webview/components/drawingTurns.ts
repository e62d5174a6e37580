const waiting: (() => void)[] = [];
const { port1, port2 } = new MessageChannel();
port1.onmessage = () => waiting.shift()?.();

/**
 * Waits for a turn of the event loop of one's own. Components that take one before they are drawn come
 * into the panel one after the other, with painting and input between them, instead of all in one long
 * task; a message is the quickest way to have a turn, and comes in hidden panels too.
 */
export function drawingTurn(): Promise<void> {
  return new Promise((resolve) => {
    waiting.push(resolve);
    port2.postMessage(null);
  });
}
