import { UserError } from '../protocol/userError';

/**
 * The sentence to show for an error: a `UserError` speaks for itself; of anything else the details
 * go to the log only.
 */
export function failureSentence(error: unknown, log: (details: string) => void): string {
  if (error instanceof UserError) {
    if (error.cause !== undefined) log(`${error.message}\nCause: ${details(error.cause)}`);
    return error.message;
  }
  log(details(error));
  return 'Something went wrong inside Forward Pass: run "Forward Pass: Show Log" to see what.';
}

function details(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}
