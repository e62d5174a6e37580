import type { Rgb } from './color';

export type ThemeKind = 'light' | 'dark' | 'hcLight' | 'hcDark';

/** What drawing needs to know of the colour theme. */
export interface Theme {
  kind: ThemeKind;
  /** Behind the text of an editor. */
  background: Rgb;
  foreground: Rgb;
  /** Quieter text. */
  muted: Rgb;
  /** Around what has the focus or is chosen. */
  focus: Rgb;
  /** Of an editor's text. */
  font: string;
}

export function isHighContrast(kind: ThemeKind): boolean {
  return kind === 'hcLight' || kind === 'hcDark';
}

export function isDark(kind: ThemeKind): boolean {
  return kind === 'dark' || kind === 'hcDark';
}
