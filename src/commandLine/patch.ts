import { patchChunks } from '../inspection/patchChunks';
import type { Patched, PatchParams, PatchPlace } from '../protocol/patching';
import { UsageError, type CommandCall } from './call';
import type { Command } from './command';
import { namedTokens } from './output';

const places: readonly (PatchPlace | 'heads')[] = ['residPre', 'attnOut', 'mlpOut', 'heads'];

export const patch: Command = {
  name: 'patch',
  about: 'where activations of a clean text put a corrupted one right',
  options: {
    clean: { value: 'T', about: 'text with the right answer' },
    corrupt: { value: 'T', about: 'text of as many tokens with another one' },
    target: { value: 'TOKEN', about: 'id or text (default: likeliest after the clean text)' },
    versus: { value: 'TOKEN', about: 'id or text (default: likeliest after the corrupted text)' },
    at: { value: 'WHAT', about: 'residPre, attnOut, mlpOut or heads (default residPre)' },
  },
  async run(call) {
    const at = places.find((place) => place === (call.string('at') ?? 'residPre'));
    if (!at) throw new UsageError(`--at needs one of ${places.join(', ')}`);
    const [clean, corrupt] = [await read(call, 'clean'), await read(call, 'corrupt')];
    const runs = { clean: clean.run, corrupt: corrupt.run };
    const names = { target: call.string('target') ?? null, versus: call.string('versus') ?? null };
    const baseline = await call.engine.patchBaseline({ ...runs, ...names }, call.progress);
    const { target, versus } = baseline;
    const params = { ...runs, target: target.id, versus: versus.id };
    const { nLayer } = await call.engine.describe({ model: call.model }, call.progress);
    const layers: Patched[] = [];
    for (let layer = 0; layer < nLayer; layer++) {
      layers.push(await patchLayer(call, params, at, layer, baseline.differing[0]!));
    }
    return {
      at,
      target,
      versus,
      clean: { difference: baseline.clean, tokens: namedTokens(clean.tokens) },
      corrupt: { difference: baseline.corrupt, tokens: namedTokens(corrupt.tokens) },
      // [layer][position], or [layer][head]
      difference: layers.map(({ difference }) => Array.from(difference)),
      restored: layers.map(({ restored }) => Array.from(restored)),
    };
  },
};

function read(call: CommandCall, name: 'clean' | 'corrupt') {
  const text = call.string(name);
  if (text === undefined) throw new UsageError(`Give --${name}, a text`);
  return call.engine.tokenize({ model: call.model, text, ...call.reading }, call.progress);
}

async function patchLayer(
  call: CommandCall,
  params: PatchParams,
  at: PatchPlace | 'heads',
  layer: number,
  first: number,
): Promise<Patched> {
  if (at === 'heads') return call.engine.patchHeads({ ...params, layer }, call.progress);
  const n = params.corrupt.ids.length;
  const whole = { difference: new Float32Array(n), restored: new Float32Array(n) };
  for (const chunk of patchChunks(n, first)) {
    const part = await call.engine.patch({ ...params, at, layer, ...chunk }, call.progress);
    whole.difference.set(part.difference, chunk.from);
    whole.restored.set(part.restored, chunk.from);
  }
  return whole;
}
