import type { Provenance } from '../../protocol/exports';
import { cssColor } from '../drawing/color';
import type { Theme } from '../drawing/theme';
import { pngWithText } from './pngText';
import { provenanceLines } from './text';

const margin = 12;
const captionLine = 16;

/**
 * A drawing as it is on the screen, on the theme's background, with one line below it that says
 * what it is; the rest of where it is from is text inside the file.
 */
export async function canvasPng(
  canvas: HTMLCanvasElement,
  caption: string,
  theme: Theme,
  provenance: Provenance,
): Promise<Uint8Array> {
  const ratio = devicePixelRatio;
  const copy = document.createElement('canvas');
  copy.width = canvas.width + 2 * margin * ratio;
  copy.height = canvas.height + (2 * margin + captionLine) * ratio;
  const context = copy.getContext('2d')!;
  context.fillStyle = cssColor(theme.background);
  context.fillRect(0, 0, copy.width, copy.height);
  context.drawImage(canvas, margin * ratio, margin * ratio);
  context.font = `${11 * ratio}px sans-serif`;
  context.fillStyle = cssColor(theme.muted);
  context.textBaseline = 'bottom';
  const width = copy.width - 2 * margin * ratio;
  context.fillText(caption, margin * ratio, copy.height - margin * ratio * 0.7, width);
  const blob = await new Promise<Blob | null>((done) => copy.toBlob(done, 'image/png'));
  if (!blob) throw new Error('The drawing is too large for a picture.');
  const bytes = new Uint8Array(await blob.arrayBuffer());
  return pngWithText(bytes, {
    Software: `${provenance.tool} ${provenance.version}`,
    Description: provenanceLines(provenance).join('\n'),
  });
}

/** An SVG with where it is from as its description. */
export function svgWithProvenance(svg: string, caption: string, provenance: Provenance): string {
  const escape = (text: string) =>
    text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
  const description = `<title>${escape(caption)}</title><desc>${escape(
    provenanceLines(provenance).join('\n'),
  )}</desc>`;
  return `<?xml version="1.0" encoding="UTF-8"?>\n${svg.replace(/<svg\b[^>]*>/, (tag) => tag + description)}\n`;
}
