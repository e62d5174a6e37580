/**
 * The name of a question among all of its kind about the inspection on show: what it asks, less the
 * run, which is the same for all.
 */
export function questionKey(params: unknown): string {
  return JSON.stringify(params, (name, value: unknown) => (name === 'run' ? null : value));
}
