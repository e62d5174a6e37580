import type { CommandCall } from './call';

/** One subcommand: what it takes, for the usage text too, and what it prints. */
export interface Command {
  name: string;
  /** One line for the list of commands. */
  about: string;
  /** Options beyond those of every command, by name. */
  options: Record<string, OptionSpec>;
  /** What the words behind the command mean, such as "EXPRESSION"; without it there are none. */
  words?: string;
  /** @returns the JSON document to print, or what is no JSON as `PlainText`. */
  run(call: CommandCall): Promise<unknown>;
}

/** What is printed as it is. */
export class PlainText {
  constructor(readonly text: string) {}
}

export interface OptionSpec {
  /** What the usage text calls its value; an option without one is a flag. */
  value?: string;
  about: string;
}
