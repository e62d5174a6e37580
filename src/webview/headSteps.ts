export interface HeadPlace {
  layer: number;
  head: number;
}

export interface HeadCounts {
  nLayer: number;
  nHead: number;
}

/** The head `by` further on; after a layer's last comes the next layer's first, and round again. */
export function stepHead({ layer, head }: HeadPlace, by: number, counts: HeadCounts): HeadPlace {
  const { nLayer, nHead } = counts;
  const all = nLayer * nHead;
  const at = (((layer * nHead + head + by) % all) + all) % all;
  return { layer: Math.floor(at / nHead), head: at % nHead };
}

/** The same head `by` layers further on, and round again. */
export function stepLayer({ layer, head }: HeadPlace, by: number, counts: HeadCounts): HeadPlace {
  const { nLayer } = counts;
  return { layer: (((layer + by) % nLayer) + nLayer) % nLayer, head };
}
