import type { Inspection } from '../protocol/inspection';
import type { ComparedToken, Edit } from '../protocol/interventions';
import type { CommandCall } from './call';
import type { OptionSpec } from './command';
import { namedTokens } from './output';

export const interventionOptions: Record<string, OptionSpec> = {
  position: { value: 'P', about: 'token after which to look (default: the last)' },
  'top-k': { value: 'K', about: 'tokens in each list (default 10)' },
};

/** What every intervention prints: the prediction at a position, and what changed along the text. */
export async function intervention(call: CommandCall, inspection: Inspection, edits: Edit[]) {
  const { run, tokens } = inspection;
  const position = call.position(tokens.length);
  const topK = call.integer('top-k', { fallback: 10, min: 1 });
  const params = { run, edits, topK, position };
  const { before, after, up, down, kl, firstLayer, steering } = await call.engine.intervene(
    params,
    call.progress,
  );
  const along = await call.engine.interventionEffect(
    { run, edits, from: 0, to: tokens.length },
    call.progress,
  );
  const known = (value: number | undefined) =>
    value === undefined || Number.isNaN(value) ? null : value;
  return {
    edits,
    position,
    firstLayer,
    before: before.map(compared),
    after: after.map(compared),
    kl,
    up: up.map(compared),
    down: down.map(compared),
    // The distribution after each token (kl), and that token itself as it was expected.
    tokens: namedTokens(tokens).map((token, index) => ({
      ...token,
      logprobBefore: known(along.logprobBefore[index - 1]),
      logprobAfter: known(along.logprobAfter[index - 1]),
      kl: along.kl[index]!,
    })),
    ...(steering.length > 0 ? { steering } : {}),
  };
}

function compared(token: ComparedToken) {
  const { logprobBefore, logprobAfter } = token;
  return {
    ...token,
    probabilityBefore: Math.exp(logprobBefore),
    probabilityAfter: Math.exp(logprobAfter),
  };
}
