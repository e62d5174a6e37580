import { isRecord } from '../library/reading';
import { below } from './endpoint';
import { HubError } from './hubError';
import { hubFetch, unreachable, type HubConnection } from './hubFetch';
import type { RepositoryId } from './repositoryId';

/** A file of a repository, as the hub describes it. */
export interface HubFile {
  name: string;
  size: number;
  /** Of the contents, in hexadecimal: SHA-256 for large files, git's for small ones. */
  hash: { kind: 'sha256' | 'gitSha1'; hex: string };
}

/** A repository at one commit: what it holds does not change any more. */
export interface HubRepository extends RepositoryId {
  commit: string;
  files: HubFile[];
}

/** No list of files is longer; whatever answers with more is not the hub. */
const mostAnswerBytes = 32 * 2 ** 20;

/**
 * Asks what a repository holds.
 *
 * @throws {HubError} where there is none of this name that may be read, or the hub is out of reach.
 */
export async function describeRepository(
  hub: HubConnection,
  id: RepositoryId,
): Promise<HubRepository> {
  const path = `api/models/${id.repository}/revision`;
  // A revision is one part of the address, slashes and all.
  const url = below(hub.endpoint, path);
  url.pathname += `/${encodeURIComponent(id.revision)}`;
  url.search = '?blobs=true';
  const response = await hubFetch(hub, url, { Accept: 'application/json' });
  if (!response.ok) throw await refused(hub, response, id);
  const answer = await jsonOf(response, url);
  const commit = isRecord(answer) ? answer['sha'] : undefined;
  const siblings = isRecord(answer) ? answer['siblings'] : undefined;
  if (typeof commit !== 'string' || !/^[0-9a-f]{40}$/.test(commit) || !Array.isArray(siblings)) {
    throw notTheHub(url);
  }
  return { ...id, commit, files: siblings.flatMap(hubFile) };
}

/**
 * The revision that holds the weights of a repository as safetensors where it has only pickled ones:
 * the hub's own converter offers them as a pull request. Null where there is none.
 */
export async function convertedRevision(
  hub: HubConnection,
  { repository }: RepositoryId,
): Promise<string | null> {
  const url = below(hub.endpoint, `api/models/${repository}/discussions`);
  const response = await hubFetch(hub, url, { Accept: 'application/json' });
  if (!response.ok) return null;
  const answer = await jsonOf(response, url);
  const discussions = isRecord(answer) ? answer['discussions'] : undefined;
  for (const discussion of Array.isArray(discussions) ? (discussions as unknown[]) : []) {
    if (!isRecord(discussion) || discussion['isPullRequest'] !== true) continue;
    const { title, num, author } = discussion;
    const byConverter = isRecord(author) && author['name'] === 'SFconvertbot';
    if (byConverter && title === 'Adding `safetensors` variant of this model') {
      if (Number.isSafeInteger(num)) return `refs/pr/${String(num)}`;
    }
  }
  return null;
}

/** What the hub says instead of a file or a list of them, as a sentence. */
export async function refused(
  { endpoint, token }: HubConnection,
  response: Response,
  { repository, revision }: RepositoryId,
  file?: string,
): Promise<HubError> {
  const { status, headers } = response;
  const code = headers.get('x-error-code');
  await response.body?.cancel().catch(() => undefined);
  const { host } = endpoint;
  if (code === 'GatedRepo') {
    const known = token ? 'your token may not read it' : 'it needs a token';
    return new HubError('token', `${repository} is open only to those who accepted its terms on ${host}, and ${known}: accept them at ${below(endpoint, repository).href}, then set a token.`); // prettier-ignore
  }
  if (code === 'RevisionNotFound') {
    return new HubError('missing', `${repository} on ${host} has no revision "${revision}".`);
  }
  if (status === 401 || status === 403) {
    const sentence = token
      ? `${host} has no model ${repository}, or your token may not read it: check the name, or set another token.`
      : `${host} has no model ${repository}, or it is private: check the name, or set a token.`;
    return new HubError('token', sentence);
  }
  if (status === 404 || status === 410) {
    const what = file === undefined ? `no model ${repository}` : `no file ${file} in ${repository}`;
    return new HubError('missing', `${host} has ${what}: check the name.`);
  }
  return new HubError('network', `${host} answered ${status} when asked for ${file ?? repository}: try again later, or check the setting forwardPass.huggingFaceEndpoint.`); // prettier-ignore
}

async function jsonOf(response: Response, url: URL): Promise<unknown> {
  const pieces: Uint8Array[] = [];
  let bytes = 0;
  try {
    for await (const piece of response.body ?? []) {
      bytes += (piece as Uint8Array).length;
      if (bytes > mostAnswerBytes) throw notTheHub(url);
      pieces.push(piece as Uint8Array);
    }
  } catch (error) {
    throw error instanceof HubError ? error : unreachable(url, error);
  }
  try {
    return JSON.parse(Buffer.concat(pieces).toString('utf8')) as unknown;
  } catch (cause) {
    throw notTheHub(url, cause);
  }
}

function notTheHub({ host }: URL, cause?: unknown): HubError {
  return new HubError('network', `${host} does not answer as Hugging Face's hub does: check the setting forwardPass.huggingFaceEndpoint.`, { cause }); // prettier-ignore
}

/** One file of the list; none where it lacks what has to be checked. */
function hubFile(sibling: unknown): HubFile[] {
  if (!isRecord(sibling)) return [];
  const { rfilename: name, size, blobId, lfs } = sibling;
  if (typeof name !== 'string') return [];
  const large = isRecord(lfs);
  const hash = large ? (lfs['sha256'] ?? lfs['oid']) : blobId;
  const bytes = large ? (lfs['size'] ?? size) : size;
  const digits = large ? /^[0-9a-f]{64}$/ : /^[0-9a-f]{40}$/;
  if (typeof hash !== 'string' || !digits.test(hash)) return [];
  if (!Number.isSafeInteger(bytes) || (bytes as number) < 0) return [];
  return [{ name, size: bytes as number, hash: { kind: large ? 'sha256' : 'gitSha1', hex: hash } }];
}
