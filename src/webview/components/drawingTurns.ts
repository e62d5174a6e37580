let last: Promise<void> = Promise.resolve();

/**
 * Waits for a turn of the event loop of one's own. Components that take one before they are drawn come
 * into the panel one after the other, with painting and input between them, instead of all in one long
 * task.
 */
export function drawingTurn(): Promise<void> {
  last = last.then(newTask);
  return last;
}

/**
 * A message is the quickest way to a new task, and comes in hidden panels too. Each has a channel of its
 * own: of the messages on one channel, Chromium may handle several in one task.
 */
function newTask(): Promise<void> {
  return new Promise((begin) => {
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = () => {
      port1.close();
      begin();
    };
    port2.postMessage(null);
  });
}
