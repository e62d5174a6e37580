import type { Model } from '../model';
import { fusedAttention } from '../stages/attention';
import { attentionShape, attnOut as writtenBy, groupedQueryKeyValue } from '../parts/attention';
import { positionsFromZero } from '../stages/positions';

/** What attention did in one layer, at every position. */
export interface AttentionOut {
  z: Float32Array; // [n, nHead · dHead]
  attnOut: Float32Array; // [n, nEmbd]
}

/** The attention half of a block, for residPre [n, nEmbd]. */
export async function attentionOut(
  model: Model,
  layer: number,
  residPre: Float32Array,
): Promise<AttentionOut> {
  const session = await model.probe(`attention out ${layer}`, (g, architecture) => {
    const { config } = architecture;
    const resid = g.input('residPre', 'F32', ['n', config.nEmbd]);
    const n = g.op('Shape', [resid], { start: 0n, end: 1n });
    const sequences = g.op('Concat', [g.constant('I64', [1]), n], { axis: 0n });
    const shape = attentionShape(config, layer);
    const positions = positionsFromZero(g, resid);
    const [q, k, v] = groupedQueryKeyValue(g, architecture, layer, resid, positions);
    const z = fusedAttention(g, q, k, v, sequences, shape);
    g.output('z', z, 'F32', ['n', shape.nHead * shape.dHead]);
    g.output('attnOut', writtenBy(g, architecture, layer, z), 'F32', ['n', config.nEmbd]);
  });
  const { z, attnOut } = await session.run({ residPre: model.rows(residPre) }, ['z', 'attnOut']);
  return { z: z.data as Float32Array, attnOut: attnOut.data as Float32Array };
}

/** z [n, nHead · dHead] → attnOut [n, nEmbd]: what a layer would write with other heads' outputs. */
export async function attnOutOf(model: Model, layer: number, z: Float32Array, n: number) {
  const session = await model.probe(`attention output ${layer}`, (g, architecture) => {
    const { nHead, dHead } = architecture.config;
    const input = g.input('z', 'F32', ['n', nHead * dHead]);
    const attnOut = writtenBy(g, architecture, layer, input);
    g.output('attnOut', attnOut, 'F32', ['n', architecture.config.nEmbd]);
  });
  const inputs = { z: { data: z, dims: [n, z.length / n] } };
  return (await session.run(inputs, ['attnOut'])).attnOut.data as Float32Array;
}
