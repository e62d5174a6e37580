import type { PassOptions } from '../gpt/betweenStages';
import type { RankedToken } from '../protocol/inspection';
import type { PatchBaseline } from '../protocol/patching';
import { UserError } from '../protocol/userError';
import { displayToken } from '../tokenizer/tokenDisplay';
import type { Tokenizer } from '../tokenizer/tokenizer';
import { namedToken } from './namedToken';
import { endsOfScale, type Patching } from './patching';
import { predictions } from './predictions';

/** Logit differences that are this close are the same, for float32. */
const nothing = 1e-4;

type Runs = Omit<Patching, 'target' | 'versus'>;

/**
 * What patching is measured on. Tokens that are not named are the most likely one after the clean
 * text, and after the corrupted one.
 *
 * @throws {UserError} where the texts or the tokens cannot be compared.
 */
export async function patchBaseline(
  runs: Runs,
  names: { target: string | null; versus: string | null },
  { tokenizer, textOf }: { tokenizer: Tokenizer; textOf: (id: number) => string },
  options: PassOptions = {},
): Promise<PatchBaseline> {
  const { model, clean, corrupt } = runs;
  checkTexts(clean.ids, corrupt.ids, textOf);
  const differing = corrupt.ids.flatMap((id, at) => (id === clean.ids[at] ? [] : [at]));
  if (differing.length === 0) {
    throw new UserError('The two texts are the same: change a word of the corrupted one.');
  }
  const cleanTop = await topToken(runs, 'clean', textOf, options);
  const corruptTop = await topToken(runs, 'corrupt', textOf, options);
  const named = async (name: string | null, top: RankedToken) =>
    name === null ? top.id : namedToken(name, tokenizer, model.config.vocabSize);
  const target = await named(names.target, cleanTop);
  const versus = await named(names.versus, corruptTop);
  if (target === versus) {
    const token = displayToken(textOf(target));
    throw new UserError(
      names.target === null && names.versus === null
        ? `Both texts are most likely to go on with "${token}": name a target and another token.`
        : `Both tokens are "${token}": name two different ones.`,
    );
  }
  const ends = await endsOfScale({ ...runs, target, versus });
  if (Math.abs(ends.clean - ends.corrupt) < nothing) {
    throw new UserError(
      'Both texts give the same logit difference between the two tokens, so there is nothing to ' +
        'restore: name other tokens, or change another word.',
    );
  }
  return {
    target: { id: target, text: textOf(target) },
    versus: { id: versus, text: textOf(versus) },
    ...ends,
    cleanTop,
    corruptTop,
    differing,
  };
}

/** @throws {UserError} where the texts are not of the same number of tokens. */
export function checkTexts(
  clean: readonly number[],
  corrupt: readonly number[],
  textOf: (id: number) => string,
): void {
  if (clean.length === corrupt.length) return;
  const shorter = Math.min(clean.length, corrupt.length);
  let start = 0;
  while (start < shorter && clean[start] === corrupt[start]) start++;
  let end = 0;
  while (end < shorter - start && clean.at(-1 - end) === corrupt.at(-1 - end)) end++;
  const part = (ids: readonly number[]) => {
    const own = ids.slice(start, ids.length - end);
    const shown = own.slice(0, 6).map((id) => displayToken(textOf(id)));
    if (own.length === 0) return 'nothing';
    return `${own.length} (${shown.join(' ')}${own.length > 6 ? ' …' : ''})`;
  };
  throw new UserError(
    `The clean text has ${counted(clean.length)} and the corrupted one ${corrupt.length}: from ` +
      `token ${start} on, ${part(clean)} against ${part(corrupt)}. Choose words of as many tokens.`,
  );
}

async function topToken(
  { model, ...runs }: Runs,
  which: 'clean' | 'corrupt',
  textOf: (id: number) => string,
  options: PassOptions,
): Promise<RankedToken> {
  const { ids, residual } = runs[which];
  const rows = await predictions(model, residual, ids, 1, options, ids.length - 1);
  const { id, logprob } = rows[0]!.top[0]!;
  return { id, text: textOf(id), logprob };
}

function counted(tokens: number): string {
  return `${tokens} token${tokens === 1 ? '' : 's'}`;
}
