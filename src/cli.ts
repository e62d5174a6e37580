import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { CommandCall, UsageError } from './commandLine/call';
import { PlainText, type Command } from './commandLine/command';
import { commands, commonOptions, usage } from './commandLine/commands';
import { Engine } from './engine/engine';
import { bundledModelFolder } from './models/modelFolder';
import type { Progress } from './protocol/engine';
import { UserError } from './protocol/userError';

/**
 * The engine without an editor: one document on stdout (JSON), everything else on stderr. Exit status
 * 0 is done, 1 failed with one sentence, 2 wrong usage.
 */
async function main([name, ...rest]: string[]): Promise<unknown> {
  if (name === undefined || name.startsWith('-')) throw new UsageError('No command given');
  const command = commands.find((known) => known.name === name);
  if (!command) throw new UsageError(`Unknown command: ${name}`);
  const { values, positionals } = readArguments(command, rest);
  if (command.words === undefined && positionals.length > 0) {
    throw new UsageError(`Unexpected argument: ${positionals[0]}`);
  }
  const bundled = bundledModelFolder(join(__dirname, '..'));
  const progress = { onProgress: showProgress };
  return command.run(
    new CommandCall(new Engine().handlers, bundled, values, positionals, progress),
  );
}

function readArguments({ options }: Command, args: string[]) {
  const specs = Object.entries({ ...commonOptions, ...options }).map(
    ([name, { value }]) => [name, { type: value === undefined ? 'boolean' : 'string' }] as const,
  );
  try {
    return parseArgs({ args, allowPositionals: true, options: Object.fromEntries(specs) });
  } catch (error) {
    throw new UsageError((error as Error).message);
  }
}

function printed(result: unknown): string {
  if (result instanceof PlainText) return result.text;
  return `${JSON.stringify(result, null, process.stdout.isTTY ? 2 : 0)}\n`;
}

/** On a terminal, one line that is written over; in a script, nothing. */
function showProgress({ message }: Progress): void {
  if (process.stderr.isTTY) process.stderr.write(`\r\u001b[K${message}`);
}

function endProgress(): void {
  if (process.stderr.isTTY) process.stderr.write('\r\u001b[K');
}

// Whoever reads only the beginning (`| head`) closes the pipe: no failure.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE') process.exit();
  process.stderr.write(`The output cannot be written (${error.code ?? error.message}).\n`);
  process.exit(1);
});

main(process.argv.slice(2)).then(
  (result) => {
    endProgress();
    process.stdout.write(printed(result));
  },
  (error: unknown) => {
    endProgress();
    if (error instanceof UsageError) {
      process.stderr.write(`${error.message}\n\n${usage()}`);
      process.exitCode = 2;
    } else {
      const sentence = error instanceof UserError ? error.message : String(error);
      process.stderr.write(`${sentence}\n`);
      process.exitCode = 1;
    }
  },
);
