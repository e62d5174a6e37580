import { join } from 'node:path';
import { isRecord, smallJson } from '../library/reading';
import { isFileName } from '../library/describeFolder';

/** Written into a folder once everything in it was checked: where it is from, and what it holds. */
export interface Receipt {
  repository: string;
  revision: string;
  commit: string;
  endpoint: string;
  files: { name: string; size: number; hash: string }[];
}

export const receiptName = 'forward-pass.json';

/** Null where a folder has none: nothing that was downloaded whole. */
export async function readReceipt(folder: string): Promise<Receipt | null> {
  const found = await smallJson(join(folder, receiptName));
  if (!isRecord(found)) return null;
  const { repository, revision, commit, endpoint, files } = found;
  const texts = [repository, revision, commit, endpoint].every((value) => typeof value === 'string'); // prettier-ignore
  const named = Array.isArray(files) && files.every((file) => isRecord(file) && isFileName(file['name'])); // prettier-ignore
  return texts && named ? (found as unknown as Receipt) : null;
}
