import { join, relative, sep } from 'node:path';
import { describeGguf } from './describeGguf';
import type { LibraryEntry } from './libraryEntry';
import { isRecord, smallJson } from './reading';
import { filesBelow } from './filesBelow';

const weightsType = 'application/vnd.ollama.image.model';
/** HOST/NAMESPACE/MODEL/TAG. */
const manifestDepth = 5;

/**
 * The models that Ollama has: `manifests/HOST/NAMESPACE/MODEL/TAG` is JSON whose layer of weights names
 * a GGUF by its digest, in `blobs/sha256-…`.
 */
export async function* ollamaModels(
  folder: string,
  signal?: AbortSignal,
): AsyncGenerator<LibraryEntry> {
  const manifests = join(folder, 'manifests');
  for await (const path of filesBelow(manifests, { depth: manifestDepth, signal })) {
    const digest = weightsDigest(await smallJson(path));
    if (digest === null) continue;
    const blob = join(folder, 'blobs', digest.replace(':', '-'));
    const facts = await describeGguf(blob);
    if (!facts) continue;
    const parts = relative(manifests, path).split(sep);
    yield { name: ollamaName(parts), origin: 'ollama', path: blob, revision: null, ...facts };
  }
}

/** What Ollama calls a file of its blobs, whose own name is a hash; null where it is none of them. */
export async function ollamaNameOf(path: string): Promise<string | null> {
  const [, folder, digest] = /^(.*)[/\\]blobs[/\\]sha256-([0-9a-f]{64})$/.exec(path) ?? [];
  if (folder === undefined) return null;
  const manifests = join(folder, 'manifests');
  for await (const manifest of filesBelow(manifests, { depth: manifestDepth })) {
    if (weightsDigest(await smallJson(manifest)) !== `sha256:${digest}`) continue;
    return ollamaName(relative(manifests, manifest).split(sep));
  }
  return null;
}

/** As Ollama itself writes it: without what is its default. */
function ollamaName(parts: string[]): string {
  const tag = parts.at(-1)!;
  const front = parts.slice(0, -1);
  if (front[0] === 'registry.ollama.ai') front.shift();
  if (front[0] === 'library') front.shift();
  return `${front.join('/')}:${tag}`;
}

/** Null where a manifest has no layer of weights, or one that would lead out of the folder. */
function weightsDigest(manifest: unknown): string | null {
  const layers = isRecord(manifest) && Array.isArray(manifest['layers']) ? manifest['layers'] : [];
  for (const layer of layers as unknown[]) {
    if (!isRecord(layer) || layer['mediaType'] !== weightsType) continue;
    const { digest } = layer;
    return typeof digest === 'string' && /^sha256:[0-9a-f]{64}$/.test(digest) ? digest : null;
  }
  return null;
}
