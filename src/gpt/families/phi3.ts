import type { Family } from './family';
import { dense, type BlockLayout } from './layout';
import { llamaLike, never, windowEverywhere } from './llama';

const asLlama = llamaLike('phi3', {
  qkvBias: never,
  outputBias: never,
  queryKeyNorms: false,
  window: (reader, nLayer) => windowEverywhere(reader, nLayer),
  whereMissing: { nCtx: 4096, originalCtx: 4096, epsilon: 1e-5 },
});

/** Phi-3 and Phi-4 (Abdin et al. 2024): as Llama, with queries, keys and values in one matrix. */
export const phi3: Family = {
  ...asLlama,

  layout(config, tied, reader) {
    const { nHead, nKvHead, dHead, nEmbd, nInner } = config;
    const layout = asLlama.layout(config, tied, reader);
    const [width, kvWidth] = [nHead * dHead, nKvHead * dHead];
    const blocks = layout.blocks.map((block, layer): BlockLayout => {
      const h = `layers.${layer}`;
      return {
        ...block,
        projection: {
          kind: 'sideBySide',
          qkv: dense(
            `${h}.self_attn.qkv_proj`,
            'outIn',
            nEmbd,
            [
              ['Q', width],
              ['K', kvWidth],
              ['V', kvWidth],
            ],
            false,
          ),
        },
        mlpInput: {
          kind: 'gatedSideBySide',
          gateUp: dense(
            `${h}.mlp.gate_up_proj`,
            'outIn',
            nEmbd,
            [
              ['MLP gate', nInner],
              ['MLP up', nInner],
            ],
            false,
          ),
        },
      };
    });
    return { ...layout, blocks };
  },
};
