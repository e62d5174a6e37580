import { resolve } from 'node:path';
import { ggufName } from '../weights/gguf/partNames';

/**
 * What a model is called: the `name` in its config.json where it has one, the repository where the
 * folder is a snapshot in Hugging Face's cache or a download (whose own name is a hash), else the name
 * of the folder or of the GGUF file (without which of several it is).
 */
export function modelName(folder: string, nameInConfig: string): string {
  if (nameInConfig) return nameInConfig;
  const path = resolve(folder);
  const repository = /[/\\]models--([^/\\]+)[/\\]snapshots[/\\][^/\\]+$/.exec(path)?.[1];
  const parent = /[/\\]([^/\\]+)[/\\][0-9a-f]{40}$/.exec(path)?.[1];
  return (repository ?? parent)?.replace('--', '/') ?? ggufName(path);
}
