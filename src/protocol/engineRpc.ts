/**
 * How the engine's requests travel: JSON-RPC methods named as in `EngineRequests`, each with its
 * parameters and a token under which its progress is reported.
 */
export interface EngineCall {
  params: unknown;
  progressToken: number;
}

/** JSON-RPC error codes: what the client turns back into the right kind of error. */
export const errorCodes = {
  /** The message is for people: a `UserError`. */
  user: -32001,
  /** As in the Language Server Protocol. */
  cancelled: -32800,
  internal: -32603,
} as const;
