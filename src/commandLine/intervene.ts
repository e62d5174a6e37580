import type { Edit } from '../protocol/interventions';
import { UserError } from '../protocol/userError';
import { readText, UsageError } from './call';
import type { Command } from './command';
import { intervention, interventionOptions } from './intervention';

export const intervene: Command = {
  name: 'intervene',
  about: 'the prediction with any list of edits: ablate, scale, set attention, steer',
  options: {
    edits: { value: 'FILE', about: 'JSON list of edits (docs/command-line.md)' },
    ...interventionOptions,
  },
  async run(call) {
    const file = call.string('edits');
    if (file === undefined) throw new UsageError('Give --edits, a JSON file with a list of edits');
    const edits = await readEdits(file);
    return intervention(call, await call.inspect(1), edits);
  },
};

/** The list in a file; the engine checks what is in it. */
async function readEdits(file: string): Promise<Edit[]> {
  const text = await readText(file);
  try {
    return JSON.parse(text) as Edit[];
  } catch (cause) {
    const { message } = cause as Error;
    throw new UserError(`${file} is not JSON: ${message.replace(/\s+/g, ' ')}.`, { cause });
  }
}
