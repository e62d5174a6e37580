import { beamSearch } from '../../inspection/beamSearch';
import { continueText } from '../../inspection/generation';
import { nextTokensAfter } from '../../inspection/nextTokens';
import type { TreeRequests } from '../../protocol/tree';
import { UserError } from '../../protocol/userError';
import type { EngineContext, Handlers } from '../engineContext';
import { generatedText, generatedTokens } from './generated';
import { growingNode } from './growingNode';

/** Each beam is a sequence of its own: more would take gigabytes. */
const mostBeams = 64;

export function treeHandlers(engine: EngineContext): Handlers<TreeRequests> {
  return {
    nextTokens: async ({ topK, ...ref }, options) => {
      const { loaded, node } = await engine.node(ref, options);
      const { top, entropy, pathLogprobs } = await nextTokensAfter(node, topK);
      const path = ref.path.map((id, i) => ({ id, logprob: pathLogprobs[i]! }));
      return {
        top: top.map(({ id, logit, logprob }) => {
          const probability = Math.exp(logprob);
          return { id, text: loaded.textOf(id), logit, logprob, probability };
        }),
        entropy,
        path: generatedTokens(loaded, path),
        logprob: sum(pathLogprobs),
      };
    },

    continue: async ({ count, sampling, seed, drawn, ...ref }, options) => {
      const { loaded, text } = await growingNode(engine, ref, options);
      const { endIds } = loaded;
      const generation = { maxTokens: count, sampling, seed, drawn, endIds };
      const tokens = await continueText(text, generation, options);
      const ended = endIds.includes(tokens.at(-1)?.id ?? -1);
      return {
        tokens: generatedTokens(loaded, tokens),
        stop: ended ? 'endOfText' : 'maxTokens',
      };
    },

    beam: async ({ width, length, ...ref }, options) => {
      if (!Number.isInteger(width) || width < 1 || width > mostBeams) {
        throw new UserError(`A beam search follows 1 to ${mostBeams} sequences, not ${width}.`);
      }
      const { loaded, node } = await engine.node(ref, options);
      const { endIds } = loaded;
      const beams = await beamSearch(node, { width, length, endIds }, options);
      return beams.map(({ tokens, logprob, ended }) => {
        const generated = generatedTokens(loaded, tokens);
        const text = generatedText(generated);
        return { tokens: generated, text, logprob, stop: ended ? 'endOfText' : 'maxTokens' };
      });
    },
  };
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
