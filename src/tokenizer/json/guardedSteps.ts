import { createContext, Script } from 'node:vm';

/** Milliseconds that one step may take; it usually takes a part of one. */
const LIMIT_MS = 3000;
/** Milliseconds of steps under one timer: to set it takes as long as some steps do. */
const TOGETHER_MS = 5;

const script = new Script('step()');

/**
 * The same steps, those of some milliseconds at once, under a time limit: a regular expression may take longer than the sun
 * burns, and only V8's own timer, which `vm` has, can stop one.
 *
 * @param failure what is thrown when a step takes too long
 */
export function* guardedSteps<T>(
  steps: Iterator<T>,
  failure: () => Error,
  limitMs = LIMIT_MS,
): Generator<T, void> {
  let result: IteratorResult<T> | undefined;
  const context = createContext({
    step: () => {
      const start = performance.now();
      do result = steps.next();
      while (!result.done && performance.now() - start < TOGETHER_MS);
    },
  });
  for (;;) {
    try {
      script.runInContext(context, { timeout: limitMs });
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ERR_SCRIPT_EXECUTION_TIMEOUT') throw error;
      throw failure();
    }
    if (result!.done) return;
    yield result!.value;
  }
}
