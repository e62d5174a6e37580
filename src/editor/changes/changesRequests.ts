import type { DocumentChangesAnswers } from '../../protocol/documentChanges';
import type { ChangesSession } from './changesSession';

/** What the panel may ask of a comparison, and do with it. */
export function changesRequests(session: ChangesSession): DocumentChangesAnswers {
  return {
    changedHunks: ({ version }) => session.hunks(version),
    changedTokens: ({ version, hunk }) => session.tokens(version, hunk),
    changesReport: ({ version }) => session.report(version),
    revealChange: async ({ version, ...place }) => {
      await session.reveal(version, place);
      return null;
    },
    changesAction: async ({ action }) => {
      await session[action]();
      return null;
    },
  };
}
