import type { Provenance } from '../../protocol/exports';
import type { PanelState } from '../../protocol/panel';
import type { Choices } from '../state/choices';

/** Everything that a panel needs to show what another one showed. */
export interface Recording {
  provenance: Provenance;
  state: PanelState;
  choices: Choices;
  /** The engine's answers, by method and by what was asked, as the store names it. */
  answers: { method: string; key: string; value: unknown }[];
  /** VS Code's colour theme: the style of the page's root, and the class of its body. */
  theme: { style: string; className: string };
}

const arrays = { Float32Array, Float64Array, Int32Array, Uint32Array, Uint8Array, BigInt64Array };
type ArrayName = keyof typeof arrays;

/** As JSON; typed arrays are written as base64 of their bytes (little-endian). */
export function writeRecording(recording: Recording): string {
  return JSON.stringify(recording, (_name, value: unknown) => {
    if (!ArrayBuffer.isView(value)) return value;
    const name = value.constructor.name as ArrayName;
    return { typedArray: name, base64: toBase64(value) };
  });
}

/** @throws {SyntaxError} where the text is not JSON. */
export function readRecording(json: string): Recording {
  return JSON.parse(json, (_name, value: unknown) => {
    if (!isWrittenArray(value)) return value;
    const bytes = Uint8Array.from(atob(value.base64), (byte) => byte.charCodeAt(0));
    return new arrays[value.typedArray](bytes.buffer);
  }) as Recording;
}

function isWrittenArray(value: unknown): value is { typedArray: ArrayName; base64: string } {
  return typeof value === 'object' && value !== null && 'typedArray' in value && 'base64' in value;
}

function toBase64({ buffer, byteOffset, byteLength }: ArrayBufferView): string {
  const bytes = new Uint8Array(buffer, byteOffset, byteLength);
  const parts: string[] = [];
  // In pieces: a function takes only so many arguments.
  for (let at = 0; at < bytes.length; at += 0x8000) {
    parts.push(String.fromCharCode(...bytes.subarray(at, at + 0x8000)));
  }
  return btoa(parts.join(''));
}
