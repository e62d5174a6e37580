/**
 * Runs each function in turn, `rounds` times after a warm-up. Returns each one's median time in ms,
 * and the median over the rounds of its time as a part of the first function's in the same round:
 * a ratio that holds also while the machine's speed drifts.
 */
export async function paired(
  functions: (() => Promise<unknown>)[],
  rounds: number,
): Promise<{ ms: number; ratio: number }[]> {
  const times: number[][] = functions.map(() => []);
  for (let round = -1; round < rounds; round++) {
    for (const [i, run] of functions.entries()) {
      const start = performance.now();
      await run();
      if (round >= 0) times[i]!.push(performance.now() - start);
    }
  }
  return times.map((own) => ({
    ms: median(own),
    ratio: median(own.map((time, round) => time / times[0]![round]!)),
  }));
}

export function median(values: number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)]!;
}

/** Prints rows of figures under their names, in columns. */
export function table(rows: Record<string, string | number>[]): void {
  const names = Object.keys(rows[0]!);
  const cells = [names, ...rows.map((row) => names.map((name) => String(row[name])))];
  const widths = names.map((_, column) => Math.max(...cells.map((row) => row[column]!.length)));
  for (const row of cells) {
    console.log(row.map((cell, column) => cell.padStart(widths[column]!)).join('   '));
  }
}
