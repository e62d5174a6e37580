import { UsageError } from './call';

/** Heads as "L5H1,L6H9". */
export function headList(text: string): { layer: number; head: number }[] {
  return items(text).map((item) => {
    const [, layer, head] = /^L(\d+)H(\d+)$/i.exec(item) ?? [];
    if (layer === undefined || head === undefined) {
      throw new UsageError(`--heads needs heads such as L5H1,L6H9, not "${item}"`);
    }
    return { layer: Number(layer), head: Number(head) };
  });
}

/** Layers as "3,4" or "L3,L4". */
export function layerList(name: string, text: string): number[] {
  return items(text).map((item) => {
    const [, layer] = /^L?(\d+)$/i.exec(item) ?? [];
    if (layer === undefined)
      throw new UsageError(`--${name} needs layers such as 3,4, not "${item}"`);
    return Number(layer);
  });
}

function items(text: string): string[] {
  return text.split(',').map((item) => item.trim());
}
