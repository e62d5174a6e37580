import { open } from 'node:fs/promises';
import { UserError } from '../../protocol/userError';
import type { ModelFacts } from './libraryEntry';
import { statOf } from './reading';

/** What the header of a GGUF file says of its model. */
export type DescribeGguf = (path: string) => Promise<ModelFacts | null>;

/**
 * What can be told of a GGUF file by its header; null where the file is none. Only the beginning of
 * the file is read.
 */
export const describeGguf: DescribeGguf = async (path) => {
  try {
    // A pipe of this name would be waited for.
    if (!(await statOf(path))?.isFile()) return null;
    const file = await open(path);
    try {
      const { size } = await file.stat();
      const { buffer, bytesRead } = await file.read(Buffer.alloc(8), 0, 8, 0);
      if (bytesRead < 8 || buffer.toString('latin1', 0, 4) !== 'GGUF') return null;
      return {
        format: 'gguf',
        family: null,
        parameters: null,
        dtype: null,
        bytes: size,
        nCtx: null,
        memory: null,
        unsupported: 'GGUF files are not supported yet: choose a folder with config.json and model.safetensors.', // prettier-ignore
      };
    } finally {
      await file.close();
    }
  } catch (error) {
    if (error instanceof UserError) throw error;
    return null;
  }
};
