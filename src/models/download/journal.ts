import { open, rename } from 'node:fs/promises';
import { join } from 'node:path';
import { isRecord, smallJson } from '../library/reading';

/** What is known of a file that is on its way. */
interface Noted {
  /** As the server that the bytes came from called this version of the file. */
  etag: string | null;
  /** All of it is there and was checked. */
  checked: boolean;
}

const journalName = 'download.json';

/**
 * What a download has done, kept beside its files, so that another process can go on where this one was
 * ended: how much there is of a file its size tells, the journal which version it is and what was
 * checked.
 */
export class Journal {
  private constructor(
    private readonly path: string,
    private readonly files: Map<string, Noted>,
    /** The size of the whole, for whoever lists what is under way. */
    readonly totalBytes: number,
  ) {}

  /** The journal of a folder, or an empty one. */
  static async open(folder: string, totalBytes: number): Promise<Journal> {
    const path = join(folder, journalName);
    const found = await smallJson(path);
    const noted = isRecord(found) && isRecord(found['files']) ? found['files'] : {};
    const files = Object.entries(noted).flatMap(([name, value]): [string, Noted][] => {
      if (!isRecord(value)) return [];
      const { etag, checked } = value;
      return [[name, { etag: typeof etag === 'string' ? etag : null, checked: checked === true }]];
    });
    const journal = new Journal(path, new Map(files), totalBytes);
    await journal.write();
    return journal;
  }

  /** How much a download that is under way in a folder comes to; null where there is none. */
  static async totalBytesIn(folder: string): Promise<number | null> {
    const found = await smallJson(join(folder, journalName));
    const bytes = isRecord(found) ? found['totalBytes'] : null;
    return typeof bytes === 'number' && bytes > 0 ? bytes : null;
  }

  static isJournal(name: string): boolean {
    return name === journalName || name === `${journalName}.new`;
  }

  of(name: string): Readonly<Noted> {
    return this.files.get(name) ?? { etag: null, checked: false };
  }

  async note(name: string, change: Partial<Noted>): Promise<void> {
    this.files.set(name, { ...this.of(name), ...change });
    await this.write();
  }

  /** A process that is ended while it writes leaves the old journal or the new one, never half. */
  private async write(): Promise<void> {
    const text = JSON.stringify({
      totalBytes: this.totalBytes,
      files: Object.fromEntries(this.files),
    });
    await writeSafely(this.path, text);
  }
}

/** Writes a small file whole or not at all. */
export async function writeSafely(path: string, text: string): Promise<void> {
  const file = await open(`${path}.new`, 'w');
  try {
    await file.writeFile(text);
    await file.sync();
  } finally {
    await file.close();
  }
  await rename(`${path}.new`, path);
}
