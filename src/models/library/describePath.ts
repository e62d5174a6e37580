import type { MemoryEstimate } from '../memory';
import { describeFolder } from './describeFolder';
import { describeGguf } from './describeGguf';
import type { ModelFacts } from './libraryEntry';
import { statOf } from './reading';

/** What can be told of a model folder or a GGUF file; null where it is neither. */
export async function describePath(path: string): Promise<ModelFacts | null> {
  return (await statOf(path))?.isFile() ? describeGguf(path) : describeFolder(path);
}

/** How much memory a model needs; null where that cannot be told beforehand. */
export async function estimateOf(path: string): Promise<MemoryEstimate | null> {
  return (await describePath(path).catch(() => null))?.memory ?? null;
}
