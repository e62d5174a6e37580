import { UserError } from '../../protocol/userError';

/**
 * - `token`: the hub lets only those in whom it knows.
 * - `missing`: there is no such model, revision or file.
 * - `busy`: the hub asks for patience beyond ours.
 * - `network`: it could not be reached, or the connection kept breaking.
 * - `disk`: there is no room, or the folder cannot be written.
 * - `damaged`: what came is not what the hub says that it is.
 */
export type HubFailure = 'token' | 'missing' | 'busy' | 'network' | 'disk' | 'damaged';

/** Why a download ended without a model: a sentence, and what kind of trouble it is. */
export class HubError extends UserError {
  constructor(
    readonly failure: HubFailure,
    message: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}
