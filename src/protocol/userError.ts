/**
 * An error that a person can act on. Its message is one sentence that says what happened and what
 * to do; it is shown as it stands. Details for a bug report go into `cause` and from there to the
 * log, never to the screen.
 */
export class UserError extends Error {
  override readonly name = 'UserError';
}
