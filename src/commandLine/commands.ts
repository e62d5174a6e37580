import { ablate } from './ablate';
import { attention } from './attention';
import { attribution } from './attribution';
import { changes } from './changes';
import type { Command, OptionSpec } from './command';
import { compare } from './compare';
import { download } from './download';
import { embedding } from './embedding';
import { generate } from './generate';
import { heads } from './heads';
import { inspect } from './inspect';
import { intervene } from './intervene';
import { lens } from './lens';
import { model } from './model';
import { models } from './models';
import { patch } from './patch';
import { neurons } from './neurons';
import { statistics } from './statistics';

export const commands: readonly Command[] = [
  inspect,
  statistics,
  attention,
  heads,
  neurons,
  embedding,
  lens,
  attribution,
  ablate,
  intervene,
  patch,
  compare,
  changes,
  generate,
  model,
  models,
  download,
];

/** What every command takes. */
export const commonOptions: Record<string, OptionSpec> = {
  text: { value: 'T', about: 'the text; or:' },
  file: { value: 'F', about: 'a file that holds it; without both, standard input' },
  model: { value: 'PATH', about: 'Hugging Face folder or GGUF file (default: the bundled model)' },
  bos: { about: 'put the beginning-of-text token in front (default: as the model was trained)' },
  'no-bos': { about: 'do not put it in front' },
  'special-tokens': { about: 'names of special tokens in a text are these tokens, not text' },
  context: {
    value: 'N',
    about: "tokens read at once where the model's context is longer (default 2048)",
  },
  threads: {
    value: 'N',
    about: 'threads for the arithmetic (default: one for each physical core)',
  },
};

/** The whole of `--help`. */
export function usage(): string {
  const options = (specs: Record<string, OptionSpec>) =>
    Object.entries(specs).map(([name, { value, about }]) => {
      const option = value === undefined ? `--${name}` : `--${name} ${value}`;
      return `      ${option.padEnd(20)} ${about}`;
    });
  return [
    'Usage: forward-pass COMMAND [options]',
    '',
    ...commands.flatMap(({ name, words, about, options: own }) => [
      `  ${`${name} ${words ?? ''}`.trim().padEnd(12)} ${about}`,
      ...options(own),
    ]),
    '',
    '  Every command:',
    ...options(commonOptions),
    '',
  ].join('\n');
}
