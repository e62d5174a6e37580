import {
  createMessageConnection,
  IPCMessageReader,
  IPCMessageWriter,
  ProgressType,
  ResponseError,
  type CancellationToken,
} from 'vscode-jsonrpc/node';
import type { EngineMethod, Progress } from '../protocol/engine';
import { errorCodes, type EngineCall } from '../protocol/engineRpc';
import { UserError } from '../protocol/userError';
import { Engine } from './engine';

/**
 * The engine process: answers the requests that come over its IPC channel, and ends with it, so
 * that nothing is left behind however the extension host ends.
 */
process.on('disconnect', () => process.exit());

const connection = createMessageConnection(
  new IPCMessageReader(process),
  new IPCMessageWriter(process),
);
const engine = new Engine();
const progressType = new ProgressType<Progress>();

for (const method of Object.keys(engine.handlers) as EngineMethod[]) {
  connection.onRequest(method, (call: EngineCall, token: CancellationToken) =>
    answer(method, call, token),
  );
}
connection.listen();

async function answer<M extends EngineMethod>(
  method: M,
  { params, progressToken }: EngineCall,
  token: CancellationToken,
) {
  const cancellation = new AbortController();
  token.onCancellationRequested(() => cancellation.abort());
  const onProgress = (progress: Progress) =>
    void connection.sendProgress(progressType, progressToken, progress);
  try {
    const handler = engine.handlers[method];
    // The client sends what `EngineRequests` says: both ends are built together.
    return await handler(params as never, { signal: cancellation.signal, onProgress });
  } catch (error) {
    if (cancellation.signal.aborted) return new ResponseError(errorCodes.cancelled, 'Cancelled');
    const { message, stack, cause } = error instanceof Error ? error : new Error(String(error));
    const code = error instanceof UserError ? errorCodes.user : errorCodes.internal;
    const details = cause instanceof Error ? `${stack}\nCaused by: ${cause.stack}` : stack;
    return new ResponseError(code, message, details);
  }
}
