import { basename } from 'node:path';

/** As llama.cpp's `gguf-split` calls the files that it cuts a model into: `NAME-00001-of-00003.gguf`. */
const partName = /^(.*)-(\d{5})-of-(\d{5})(\.gguf)$/i;

/** The largest models are split into fewer; a name that says otherwise is only a name. */
export const mostParts = 2000;

/** Which of how many files of a model one is by its name, from 1; null where it is none of several. */
export function partOf(path: string): { name: string; number: number; count: number } | null {
  const [, name, number, count] = partName.exec(basename(path)) ?? [];
  if (name === undefined) return null;
  const part = { name, number: Number(number), count: Number(count) };
  const possible = part.number >= 1 && part.number <= part.count && part.count <= mostParts;
  return possible ? part : null;
}

/** Whether a file only goes on with a model that another one begins. */
export function isLaterPart(path: string): boolean {
  return (partOf(path)?.number ?? 1) > 1;
}

/** The files of a model in GGUF by the name or the path of one of them, in their order. */
export function namesOfParts(name: string): string[] {
  const part = partOf(name);
  if (!part) return [name];
  return Array.from({ length: part.count }, (_, i) =>
    name.replace(partName, `$1-${String(i + 1).padStart(5, '0')}-of-$3$4`),
  );
}

/** What a model in GGUF is called by the name of its file, or of one of its files. */
export function ggufName(path: string): string {
  return partOf(path)?.name ?? basename(path).replace(/\.gguf$/i, '');
}
