import { displayToken } from '../../tokenizer/tokenDisplay';
import { count } from '../numbers';
import type { Count } from './surprisingPlaces';

/** A token on a status bar. */
const shownLength = 24;

export interface SurprisingToken {
  /** What stands there. */
  text: string;
  logprob: number;
  rank: number;
  count: Count | null;
}

/** A surprising token in the status bar's few words, and as a screen reader says it. */
export function surprisingText({ text, logprob, rank, count: among }: SurprisingToken) {
  const characters = [...displayToken(text)];
  const token =
    characters.length > shownLength
      ? `${characters.slice(0, shownLength - 1).join('')}…`
      : characters.join('');
  const bits = `${(-logprob / Math.LN2).toFixed(1)} bits`;
  const place = among ? [`${count(among.index)} of ${count(among.of)}`] : [];
  return {
    text: [token, bits, `rank ${count(rank)}`, ...place].join(' · '),
    spoken: [`token “${token}”`, bits, `rank ${count(rank)}`, ...place].join(', '),
  };
}

/** What is said where no token is. */
export function nothingSurprising(leastBits: number): string {
  const bits = leastBits === 1 ? '1 bit' : `${leastBits} bits`;
  return `No token here is surprising from ${bits} on; the setting forwardPass.surprisingBits says how many.`;
}
