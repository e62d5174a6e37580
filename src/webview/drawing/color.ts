/** sRGB channels from 0 to 255. */
export type Rgb = readonly [number, number, number];

export const black: Rgb = [0, 0, 0];
export const white: Rgb = [255, 255, 255];

/** Contrast at which text is read with ease (WCAG 2.2, level AAA). */
const easyContrast = 7;

/**
 * A colour as theme variables and d3 write it (#rgb, #rrggbb, rgb(), rgba()), laid over `behind`
 * where it is translucent. Null for anything else.
 */
export function parseColor(text: string, behind: Rgb = black): Rgb | null {
  const value = text.trim();
  const digits = /^#([0-9a-f]{3,8})$/i.exec(value)?.[1];
  if (digits !== undefined) {
    const short = digits.length < 6;
    const step = short ? 1 : 2;
    const channels = [0, 1, 2, 3].map((i) => {
      const part = digits.slice(i * step, (i + 1) * step);
      return part === '' ? 255 : parseInt(short ? part + part : part, 16);
    });
    return over(channels, channels[3]! / 255, behind);
  }
  const parts = /^rgba?\(([^)]*)\)$/i.exec(value)?.[1];
  if (parts === undefined) return null;
  const channels = parts.split(/[\s,/]+/).map((part) => parseFloat(part));
  if (channels.length < 3 || channels.some(Number.isNaN)) return null;
  return over(channels, channels[3] ?? 1, behind);
}

/** From `a` (0) to `b` (1). */
export function mix(a: Rgb, b: Rgb, t: number): Rgb {
  return [a[0] + (b[0] - a[0]) * t, a[1] + (b[1] - a[1]) * t, a[2] + (b[2] - a[2]) * t];
}

/** WCAG relative luminance, 0 for black to 1 for white. */
export function luminance([r, g, b]: Rgb): number {
  const linear = (channel: number) => {
    const c = channel / 255;
    return c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4;
  };
  return 0.2126 * linear(r) + 0.7152 * linear(g) + 0.0722 * linear(b);
}

/** WCAG contrast ratio, from 1 to 21. */
export function contrast(a: Rgb, b: Rgb): number {
  const [low, high] = [luminance(a), luminance(b)].sort((x, y) => x - y) as [number, number];
  return (high + 0.05) / (low + 0.05);
}

/**
 * A text colour that can be read on `background`: the preferred one where it is read with ease, else
 * black or white, of which one always reaches 4.58.
 */
export function readableOn(background: Rgb, preferred: Rgb): Rgb {
  if (contrast(preferred, background) >= easyContrast) return preferred;
  return contrast(black, background) > contrast(white, background) ? black : white;
}

export function cssColor([r, g, b]: Rgb): string {
  return `rgb(${Math.round(r)}, ${Math.round(g)}, ${Math.round(b)})`;
}

function over(channels: number[], alpha: number, behind: Rgb): Rgb {
  return mix(behind, [channels[0]!, channels[1]!, channels[2]!], alpha);
}
