import type { DocumentReport } from '../protocol/documentReport';
import { counted } from './format';

/** How the reading of a document stands, in a sentence; empty where an error says it. */
export function documentStatus({
  status,
  fraction,
  figures,
  model,
  lines,
}: DocumentReport): string {
  const share = `${Math.floor(fraction * 100)}%`;
  switch (status) {
    case 'reading':
      return figures ? `Reading: ${share}` : 'Cutting the text into tokens';
    case 'edited':
      return 'Edited: reading again';
    case 'stopped':
      return `Stopped at ${share}: these are the figures of what was read.`;
    case 'closed':
      return 'The document was closed: these are the figures of its text as it was.';
    case 'failed':
    case 'done':
      break;
  }
  if (figures?.tokens === 0) return 'There is no text.';
  if (figures?.predicted === 0) {
    return 'One token alone: nothing stands before it that it could be expected from.';
  }
  return `${counted(lines, 'line')}, read by ${model?.name}`;
}
