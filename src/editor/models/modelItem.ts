import { formatBytes, formatParameters } from '../../models/amounts';
import type { LibraryEntry, ModelOrigin } from '../../models/library/libraryEntry';
import { memoryVerdict, type MachineMemory, type MemoryEstimate } from '../../models/memory';
import { count } from '../numbers';

/** How the groups of the library are called. */
export const originNames: Record<ModelOrigin, string> = {
  bundled: 'Bundled',
  downloaded: 'Downloaded',
  huggingFace: 'Hugging Face cache',
  lmStudio: 'LM Studio',
  ollama: 'Ollama',
  workspace: 'This workspace',
};

const icons: Record<ModelOrigin, string> = {
  bundled: 'package',
  downloaded: 'cloud-download',
  huggingFace: 'database',
  lmStudio: 'database',
  ollama: 'database',
  workspace: 'folder',
};

export interface ItemText {
  label: string;
  description: string;
  detail: string;
}

/** What the list of models says of one: its name and kind, then its sizes or why it cannot be used. */
export function modelItem(entry: LibraryEntry, memory: MachineMemory, current: boolean): ItemText {
  const { name, origin, revision, family, parameters, dtype, format, nCtx, unsupported } = entry;
  const icon = current ? 'check' : unsupported !== null ? 'circle-slash' : icons[origin];
  const kind = [
    family,
    parameters === null ? null : formatParameters(parameters),
    format === 'gguf' ? ['GGUF', dtype].filter((part) => part !== null).join(' ') : dtype,
    nCtx === null ? null : `${count(nCtx)} tokens`,
    revision,
    current ? 'in use' : null,
  ];
  return {
    label: `$(${icon}) ${withoutIcons(name)}`,
    description: withoutIcons(kind.filter((part) => part !== null && part !== '').join(' · ')),
    detail: withoutIcons(unsupported ?? sizes(entry, memory)),
  };
}

function sizes({ bytes, memory: needed }: LibraryEntry, memory: MachineMemory) {
  const parts = [`${formatBytes(bytes)} on disk`];
  if (needed) parts.push(memoryText(needed, memory));
  return parts.join(' · ');
}

function memoryText(needed: MemoryEstimate, memory: MachineMemory): string {
  const about = `about ${formatBytes(needed.bytes)} in memory`;
  switch (memoryVerdict(needed, memory)) {
    case 'fits':
      return about;
    case 'mapped':
      return `${formatBytes(needed.mappedBytes)} in memory, weights read from disk`;
    case 'crowded':
      return `${about}, ${formatBytes(memory.free)} free`;
    case 'tooLarge':
      return `${about}: too large for this machine`;
  }
}

/** Names come from files: `$(…)` in one is text, not an icon. */
function withoutIcons(text: string): string {
  return text.replace(/\$\(/g, '$\u200b(');
}

/** The question to ask before a model is loaded that does not fit; null where it does. */
export function memoryQuestion(
  name: string,
  needed: MemoryEstimate | null,
  memory: MachineMemory,
): { message: string; detail: string } | null {
  if (!needed) return null;
  const verdict = memoryVerdict(needed, memory);
  if (verdict === 'fits' || verdict === 'mapped') return null;
  const least = formatBytes(Math.min(needed.bytes, needed.mappedBytes));
  return verdict === 'crowded'
    ? {
        message: `${name} needs about ${least} of memory, and ${formatBytes(memory.free)} are free.`,
        detail: 'Loading it may slow this machine down. Closing other programs makes room.',
      }
    : {
        message: `${name} needs about ${least} of memory, and this machine has ${formatBytes(memory.total)}.`,
        detail: 'Loading it will most likely fail, and may bring other programs down.',
      };
}

/** A path as people write it: with `~` for the home folder. */
export function shortPath(path: string, home: string): string {
  return path === home || path.startsWith(`${home}/`) || path.startsWith(`${home}\\`)
    ? `~${path.slice(home.length)}`
    : path;
}
