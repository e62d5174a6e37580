import type { ResidualStream } from '../gpt/forwardPass';

/**
 * The residual streams of a model's recent passes, least recently used first. Bounded by bytes, because one
 * pass takes from kilobytes to hundreds of megabytes; the newest stays whatever its size.
 */
export class RunCache {
  private readonly runs = new Map<string, ResidualStream>();
  private bytes = 0;

  constructor(private readonly maxBytes: number) {}

  get(ids: readonly number[]): ResidualStream | undefined {
    const key = ids.join();
    const run = this.runs.get(key);
    if (run) {
      this.runs.delete(key);
      this.runs.set(key, run);
    }
    return run;
  }

  set(ids: readonly number[], run: ResidualStream): void {
    const key = ids.join();
    this.delete(key);
    this.runs.set(key, run);
    this.bytes += sizeOf(run);
    for (const oldest of this.runs.keys()) {
      if (this.bytes <= this.maxBytes || this.runs.size === 1) break;
      this.delete(oldest);
    }
  }

  private delete(key: string): void {
    const run = this.runs.get(key);
    if (!run) return;
    this.runs.delete(key);
    this.bytes -= sizeOf(run);
  }
}

function sizeOf(run: ResidualStream): number {
  return run.reduce((sum, { byteLength }) => sum + byteLength, 0);
}
