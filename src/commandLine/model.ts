import { knownModels } from '../models/knownModels';
import { UsageError } from './call';
import type { Command } from './command';

export const model: Command = {
  name: 'model',
  about: 'configuration, parameters by component, vocabulary, fidelity',
  options: {
    config: {
      value: 'FILE',
      about: 'of a config.json alone, of a folder that holds one, or of a GGUF file',
    },
    known: {
      value: 'NAME',
      about: `of a known model: ${knownModels.map(({ id }) => id).join(', ')}`,
    },
  },
  async run(call) {
    const path = call.string('config');
    const known = call.string('known');
    const given = ['model', 'config', 'known'].filter((name) => call.has(name));
    if (given.length > 1) throw new UsageError('Give only one of --model, --config and --known');
    if (path !== undefined) return call.engine.describeConfig({ path }, call.progress);
    if (known !== undefined) return call.engine.describeConfig({ known }, call.progress);
    const description = await call.engine.describe({ model: call.model }, call.progress);
    const sha256 = await call.engine.weightsHash({ model: call.model }, call.progress);
    return { ...description, sha256 };
  },
};
