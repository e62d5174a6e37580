/** How long a tool's result may be, in tokens of the model that reads it, and who counts them. */
export interface TokenBudget {
  tokenBudget: number;
  countTokens(text: string): PromiseLike<number>;
}

/**
 * The fullest version of a text that fits a budget: `write(0)` is the shortest, each one after it is at
 * least as long, and `write(most)` says all (and needs no word about what was left out). All where
 * there is no budget; `write(0)` where not even that fits.
 */
export async function fullestWithin(
  most: number,
  write: (fullness: number) => string,
  budget: TokenBudget | undefined,
): Promise<string> {
  const all = write(most);
  if (!budget || !(budget.tokenBudget >= 0)) return all;
  const fits = async (text: string) => (await budget.countTokens(text)) <= budget.tokenBudget;
  if (await fits(all)) return all;
  // Found by halving: a count is a call to another process.
  let [best, fitting, tooFull] = [write(0), 0, most];
  while (tooFull - fitting > 1) {
    const middle = (fitting + tooFull) >> 1;
    const text = write(middle);
    if (await fits(text)) [best, fitting] = [text, middle];
    else tooFull = middle;
  }
  return best;
}
