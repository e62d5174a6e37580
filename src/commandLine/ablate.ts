import type { Edit } from '../protocol/interventions';
import { UsageError } from './call';
import type { Command } from './command';
import { headList, layerList } from './headList';
import { intervention, interventionOptions } from './intervention';

export const ablate: Command = {
  name: 'ablate',
  about: 'the prediction with heads and MLPs switched off',
  options: {
    heads: { value: 'HEADS', about: 'heads, such as L5H1,L6H9' },
    mlps: { value: 'LAYERS', about: 'layers whose MLP goes, such as 3,4' },
    mean: { about: 'put the mean over all positions in their place, not zero' },
    ...interventionOptions,
  },
  async run(call) {
    const by = call.flag('mean') ? 'mean' : 'zero';
    const heads = call.string('heads');
    const mlps = call.string('mlps');
    const edits: Edit[] = [
      ...(heads === undefined ? [] : headList(heads)).map(
        (place) => ({ kind: 'ablateHead', ...place, by }) as const,
      ),
      ...(mlps === undefined ? [] : layerList('mlps', mlps)).map(
        (layer) => ({ kind: 'ablateMlp', layer, by }) as const,
      ),
    ];
    if (edits.length === 0) throw new UsageError('Give --heads, --mlps or both');
    return intervention(call, await call.inspect(1), edits);
  },
};
