/** How far a download is. */
export interface DownloadProgress {
  /** The file that is worked on. */
  file: string;
  bytes: number;
  totalBytes: number;
  /** Null until it is known, and while nothing comes. */
  bytesPerSecond: number | null;
  secondsLeft: number | null;
  /** What else there is to say, such as that somebody else is at it; else null. */
  note: string | null;
}

const windowMs = 5000;
const leastMs = 800;

/** The speed of late: over the last five seconds, so that a stall shows and a jump settles. */
export class Rate {
  private samples: { at: number; bytes: number }[] = [];

  constructor(private readonly now: () => number = () => performance.now()) {}

  /** @param bytes in all so far. */
  add(bytes: number): void {
    const at = this.now();
    this.samples.push({ at, bytes });
    const first = this.samples.findIndex((sample) => at - sample.at <= windowMs);
    // One older sample is kept, so that there is always a span to measure over.
    if (first > 1) this.samples.splice(0, first - 1);
  }

  /** From here on, without what came before. */
  restart(bytes: number): void {
    this.samples = [];
    this.add(bytes);
  }

  get bytesPerSecond(): number | null {
    const first = this.samples[0];
    const last = this.samples.at(-1);
    if (!first || !last) return null;
    const ms = this.now() - first.at;
    return ms < leastMs ? null : ((last.bytes - first.bytes) / ms) * 1000;
  }

  secondsLeft(bytesLeft: number): number | null {
    const speed = this.bytesPerSecond;
    return speed ? bytesLeft / speed : null;
  }
}
