import { ownBlock } from '../../src/gpt/block';
import { Checkpoint } from '../../src/gpt/checkpoint';
import { gpt2 } from '../../src/gpt/families/gpt2';
import type { Architecture } from '../../src/gpt/families/family';
import { weightsOf } from '../../src/gpt/families/layout';
import { openModelFiles } from '../../src/gpt/modelFiles';
import { embed } from '../../src/gpt/parts/embed';
import { finalNorm, logits } from '../../src/gpt/parts/unembed';
import { positionsFromZero } from '../../src/gpt/stages/positions';
import { GraphBuilder } from '../../src/onnx/graphBuilder';
import { Session } from '../../src/onnx/runtime';

/** The whole model as one graph that returns the last logits only: what the passes are held to. */
export class OneGraph {
  private constructor(private readonly session: Session) {}

  static async load(folder: string, threads: number): Promise<OneGraph> {
    const files = await openModelFiles(folder);
    const config = gpt2.readConfig(files.config);
    const layout = gpt2.layout(config, true, files.config);
    const weights = await files.weights();
    const checkpoint = new Checkpoint(weights, gpt2.prefix, layout.tokenEmbedding.name);
    const tensors = new Map(
      weightsOf(layout).map(({ name, shape }) => [name, checkpoint.tensor(name, shape)]),
    );
    const model: Architecture = { config, layout, weight: ({ name }) => tensors.get(name)! };
    const g = new GraphBuilder('whole model');
    const ids = g.input('ids', 'I64', ['n']);
    let resid = embed(g, model, ids, positionsFromZero(g, ids));
    const n = g.op('Shape', [resid], { start: 0n, end: 1n });
    const sequences = g.op('Concat', [g.constant('I64', [1]), n], { axis: 0n });
    for (let layer = 0; layer < config.nLayer; layer++) {
      resid = ownBlock(g, model, layer, resid, sequences).residPost;
    }
    const last = g.op('Gather', [resid, g.constant('I64', [-1])], { axis: 0n });
    g.output('logits', logits(g, model, finalNorm(g, model, last)), 'F32', [1, config.vocabSize]);
    const options = { weightsFolder: weights.folder, threads };
    return new OneGraph(await Session.create(g.build(), options));
  }

  async lastLogits(ids: number[]): Promise<Float32Array> {
    const input = { data: BigInt64Array.from(ids, BigInt), dims: [ids.length] };
    return (await this.session.run({ ids: input }, ['logits'])).logits.data as Float32Array;
  }
}
