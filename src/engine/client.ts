import { fork, type ChildProcess } from 'node:child_process';
import type * as jsonrpc from 'vscode-jsonrpc/node';
import type {
  EngineConnection,
  EngineMethod,
  EngineRequests,
  Progress,
  RequestOptions,
} from '../protocol/engine';
import { errorCodes, type EngineCall } from '../protocol/engineRpc';
import { UserError } from '../protocol/userError';

export interface EngineClientOptions {
  /** The engine's bundled program. */
  entry: string;
  /** Takes what the process prints and what errors carry for a bug report. */
  log: (line: string) => void;
  /** After how long without a question the model is given back; 0 keeps it. Read anew each time. */
  unloadAfterMs?: () => number;
}

/**
 * Lets glibc map whatever is larger than 1 MB by itself, for good. Else it raises the limit to 32 MB as
 * large blocks are freed, and what a model leaves stays in the heap in pieces: after 50 switches between
 * three models the process then held a fifth more, and grew on. The processor's time for a pass is the
 * same within what can be measured. Systems without glibc do not know the variable.
 */
export const giveMemoryBack = { MALLOC_MMAP_THRESHOLD_: String(2 ** 20) };

const switchedOff = 'Forward Pass was switched off.';

interface RunningEngine {
  process: ChildProcess;
  connection: jsonrpc.MessageConnection;
  /** Rejects each request that still waits for its answer. */
  waiting: Set<(error: unknown) => void>;
}

/**
 * The engine as seen from the extension host: starts its process with the first request, and again
 * with the first one after it ended.
 */
export class EngineClient implements EngineConnection {
  private running: RunningEngine | undefined;
  private disposed = false;
  private progressTokens = 0;
  private idleTimer: NodeJS.Timeout | undefined;

  constructor(private readonly options: EngineClientOptions) {}

  /** Of the engine's process, while there is one. */
  get pid(): number | undefined {
    return this.running?.process.pid;
  }

  /**
   * @throws {UserError} with a sentence for people where the engine says so or has stopped.
   * @throws the signal's reason as soon as it aborts.
   */
  async request<M extends EngineMethod>(
    method: M,
    params: EngineRequests[M]['params'],
    { signal, onProgress }: RequestOptions = {},
  ): Promise<EngineRequests[M]['result']> {
    // Loaded with the first request: at start-up it would take most of the extension's time.
    const rpc = await import('vscode-jsonrpc/node');
    signal?.throwIfAborted();
    if (this.disposed) throw new UserError(switchedOff);
    const { connection, waiting } = (this.running ??= this.start(rpc));
    clearTimeout(this.idleTimer);
    const call: EngineCall = { params, progressToken: ++this.progressTokens };
    const progress = connection.onProgress(
      new rpc.ProgressType<Progress>(),
      call.progressToken,
      (value) => onProgress?.(value),
    );
    const cancellation = new rpc.CancellationTokenSource();
    let giveUp: (error: unknown) => void;
    let cancel: () => void;
    try {
      return await new Promise((resolve, reject) => {
        // Whoever cancels need not wait until the engine notices; nor does anybody whom an engine
        // that has ended would leave waiting for ever.
        giveUp = reject;
        waiting.add(giveUp);
        cancel = () => {
          cancellation.cancel();
          reject(signal!.reason as Error);
        };
        signal?.addEventListener('abort', cancel);
        connection
          .sendRequest<EngineRequests[M]['result']>(method, call, cancellation.token)
          .then(resolve, (error: unknown) => reject(this.translate(rpc, error) as Error));
      });
    } finally {
      waiting.delete(giveUp!);
      this.unloadWhenIdle();
      signal?.removeEventListener('abort', cancel!);
      cancellation.dispose();
      progress.dispose();
    }
  }

  /** Ends the process, with all that it holds in memory; the next request starts another. */
  restart(): void {
    const { running } = this;
    if (running) this.end(running, 'The engine was restarted, so this request was given up.');
  }

  /**
   * Gives the model back, and all memory with it: the process ends, and the next request starts it
   * again. False where there was nothing to give back.
   */
  unload(): boolean {
    const { running } = this;
    if (running) this.end(running, 'The model was unloaded, so this request was given up.');
    return running !== undefined;
  }

  dispose(): void {
    this.disposed = true;
    clearTimeout(this.idleTimer);
    if (this.running) this.end(this.running, switchedOff);
  }

  /** Counts from the last answer on, as long as nobody asks anything. */
  private unloadWhenIdle(): void {
    clearTimeout(this.idleTimer);
    const { running } = this;
    const after = this.options.unloadAfterMs?.() ?? 0;
    if (!running || running.waiting.size > 0 || after <= 0) return;
    this.idleTimer = setTimeout(() => {
      if (this.running !== running || running.waiting.size > 0) return;
      this.options.log('Nothing was asked for a while: the model is given back until it is needed.'); // prettier-ignore
      this.unload();
    }, after);
    this.idleTimer.unref();
  }

  private start(rpc: typeof jsonrpc): RunningEngine {
    const { entry, log } = this.options;
    const child = fork(entry, [], {
      serialization: 'advanced',
      execArgv: [],
      // In the desktop's extension host the executable is Electron, which has to be told.
      env: { ...giveMemoryBack, ...process.env, ELECTRON_RUN_AS_NODE: '1' },
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    });
    const connection = rpc.createMessageConnection(
      new rpc.IPCMessageReader(child),
      new rpc.IPCMessageWriter(child),
      { error: log, warn: log, info: log, log },
    );
    const running: RunningEngine = { process: child, connection, waiting: new Set() };
    child.stdout?.setEncoding('utf8').on('data', log);
    child.stderr?.setEncoding('utf8').on('data', log);
    const stopped = (why: string) => {
      log(`The engine's process ended (${why}).`);
      if (this.running !== running) return;
      this.end(
        running,
        `The engine stopped unexpectedly (${why}). ` +
          'Try again: it starts anew with the next request.',
      );
    };
    child.on('exit', (code, signal) => stopped(signal ?? `exit code ${code}`));
    // A process that could not even be started never exits.
    child.on('error', (error) => stopped(error.message));
    connection.onError(([error]) => log(String(error.stack)));
    connection.listen();
    return running;
  }

  private end(running: RunningEngine, message: string): void {
    this.running = undefined;
    clearTimeout(this.idleTimer);
    for (const giveUp of running.waiting) giveUp(new UserError(message));
    running.connection.dispose();
    running.process.kill('SIGKILL');
  }

  /** Turns an error of the wire back into what the engine threw. */
  private translate(rpc: typeof jsonrpc, error: unknown): unknown {
    if (!(error instanceof rpc.ResponseError)) return error;
    const { code, message, data } = error as jsonrpc.ResponseError<string | undefined>;
    if (data) this.options.log(data);
    switch (code) {
      case errorCodes.user:
        return new UserError(message);
      case errorCodes.cancelled:
        return new DOMException(message, 'AbortError');
      default:
        return new Error(message, { cause: error });
    }
  }
}
