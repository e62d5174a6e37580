import type { NearestTokens, TokenDirection, TokenMap, TokenMatrix } from '../protocol/embeddings';
import type { InspectedToken, Inspection } from '../protocol/inspection';
import type { Loadable } from './state/loader';
import type { PanelStore } from './state/store';
import { tokenList, tokenName } from './tokenName';

/** So many tokens are shown, at either end where there are two. */
export const shownTokens = 12;

/** What the questions are about. */
export interface Subject {
  result: Inspection;
  token: InspectedToken;
}

/** The inspection and its current token; null where there is none. */
export function subjectOf({ result, position }: PanelStore): Subject | null {
  const token = result?.tokens[position ?? -1];
  return result && token ? { result, token } : null;
}

/** The expression that was written, else the current token. */
export function expressionOf(store: PanelStore, { token }: Subject): string {
  return store.choices.embeddings.expression ?? tokenName(token);
}

export function askNearest(store: PanelStore, subject: Subject): Loadable<NearestTokens> {
  const { measure, finalNorm } = store.choices.embeddings;
  return store.ask('nearestTokens', {
    model: subject.result.run.model,
    expression: expressionOf(store, subject),
    matrix: matrixOf(store, subject),
    measure,
    finalNorm,
    topK: shownTokens,
  });
}

export function askDirection(store: PanelStore, subject: Subject): Loadable<TokenDirection> {
  const { from, to, measure } = store.choices.embeddings;
  return store.ask('tokenDirection', {
    model: subject.result.run.model,
    from,
    to,
    matrix: matrixOf(store, subject),
    measure,
    topK: shownTokens,
  });
}

export function askMap(store: PanelStore, subject: Subject): Loadable<TokenMap> {
  return store.ask('tokenMap', {
    model: subject.result.run.model,
    words: tokenList(store.choices.embeddings.words),
    matrix: matrixOf(store, subject),
  });
}

/** Where there is but one matrix, it is asked for by one name. */
function matrixOf(store: PanelStore, { result }: Subject): TokenMatrix {
  return result.model.tied ? 'embedding' : store.choices.embeddings.matrix;
}
