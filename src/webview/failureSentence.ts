/** Why something was not done, as the sentence that a person reads. */
export function failureSentence(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
