import { UserError } from '../../protocol/userError';

/** A repository of the hub, at a revision: a branch, a tag, a commit, or `refs/pr/7`. */
export interface RepositoryId {
  /** `org/name`, or `name` alone for the oldest ones. */
  repository: string;
  revision: string;
}

const part = /^(?!.*(--|\.\.))[A-Za-z0-9_](?:[\w.-]{0,94}[\w])?$/;
const revisions = /^(?!.*(\.\.|\/\/))[\w][\w./-]{0,199}$/;

/**
 * Reads `org/name`, `org/name@revision`, or the address of the model's page.
 *
 * @throws {UserError} where it is none of these.
 */
export function parseRepositoryId(given: string): RepositoryId {
  const text = given
    .trim()
    .replace(/^https?:\/\/[^/]+\//, '')
    .replace(/[?#].*$/, '')
    .replace(/\/+$/, '');
  const [, id, revision] = /^(.+?)(?:@|\/(?:tree|blob|resolve)\/)(.+)$/.exec(text) ?? [, text, 'main']; // prettier-ignore
  const parts = id.split('/');
  if (parts.length > 2 || !parts.every((name) => part.test(name)) || !revisions.test(revision)) {
    throw new UserError(
      `"${given.trim()}" is not the name of a model: write ORG/NAME or ORG/NAME@REVISION, such as ` +
        'openai-community/gpt2.',
    );
  }
  return { repository: id, revision: revision };
}
