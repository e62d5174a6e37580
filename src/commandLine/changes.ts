import { changesReport } from '../inspection/changesReport';
import { compareDocuments } from '../inspection/documentComparison';
import { readText, UsageError, type CommandCall } from './call';
import type { Command } from './command';
import { readWhole } from './readWhole';

export const changes: Command = {
  name: 'changes',
  about: 'two versions of a file: what each change does to the surprisal, and to what follows it',
  options: {
    before: { value: 'F', about: 'the file as it was' },
    after: { value: 'F', about: 'the file as it is' },
    stride: { value: 'N', about: 'windows move on by N tokens (default: half of the context)' },
  },
  async run(call) {
    const before = await readWhole(call, await version(call, 'before'));
    const after = await readWhole(call, await version(call, 'after'));
    const vocabulary = await call.engine.vocabulary({ model: call.model }, call.progress);
    const { name, family, nLayer, nHead, nEmbd, nCtx, vocabSize, parameters } = before.model;
    return {
      model: { name, family, nLayer, nHead, nEmbd, nCtx, vocabSize, parameters },
      stride: before.stride,
      ...changesReport(compareDocuments(before, after), before, after, (id) => vocabulary[id]!),
    };
  },
};

function version(call: CommandCall, name: 'before' | 'after'): Promise<string> {
  const file = call.string(name);
  if (file === undefined || call.has('text') || call.has('file')) {
    throw new UsageError('Give --before and --after, each a file');
  }
  return readText(file);
}
