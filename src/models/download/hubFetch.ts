import { HubError } from './hubError';
import { pause } from './pause';

export interface HubConnection {
  /** Where the hub is: https://huggingface.co, or a mirror of it. */
  endpoint: URL;
  /** For what only those may have whom the hub knows; sent to the endpoint's host alone. */
  token?: string | undefined;
  fetch: typeof fetch;
  /** Waits; tests need not. */
  sleep: (ms: number, signal?: AbortSignal) => Promise<void>;
  signal?: AbortSignal | undefined;
}

/** What else a connection is made of, beside the endpoint. */
export const usual = { fetch: (...args: Parameters<typeof fetch>) => fetch(...args), sleep: pause };

const mostRedirects = 5;
const mostTries = 6;
/** Whoever asks for more patience is told to the person instead. */
const mostPatienceMs = 2 * 60_000;
/** A server that is silent for so long has forgotten us. */
export const silenceMs = 60_000;

/**
 * Asks the hub; what is only a moment's trouble (429, 5xx, no connection) is tried again, as the server
 * says or after 0.5, 1, 2 … s. Answers other than these are handed back as they are.
 *
 * @throws {HubError} where it cannot be reached or stays busy.
 */
export async function hubFetch(
  hub: HubConnection,
  url: URL,
  headers: Record<string, string> = {},
): Promise<Response> {
  for (let tries = 1; ; tries++) {
    hub.signal?.throwIfAborted();
    let wait = backoffMs(tries);
    try {
      const response = await follow(hub, url, headers);
      if (!isPassing(response.status)) return response;
      await response.body?.cancel().catch(() => undefined);
      wait = retryAfterMs(response) ?? wait;
      if (tries >= mostTries || wait > mostPatienceMs) throw busy(url, response.status, wait);
    } catch (error) {
      if (error instanceof HubError) throw error;
      hub.signal?.throwIfAborted();
      if (tries >= mostTries) throw unreachable(url, error);
    }
    await hub.sleep(wait, hub.signal);
  }
}

/** Half a second, and twice as long each time, up to 30 s. */
export function backoffMs(tries: number): number {
  return Math.min(500 * 2 ** (tries - 1), 30_000);
}

/** Redirects are followed here, so that the token never goes to another host than the endpoint's. */
async function follow(hub: HubConnection, url: URL, headers: Record<string, string>) {
  let target = url;
  for (let hops = 0; hops <= mostRedirects; hops++) {
    const silence = new AbortController();
    const timer = setTimeout(() => silence.abort(new Error('No answer in time')), silenceMs);
    const signals = hub.signal ? [hub.signal, silence.signal] : [silence.signal];
    let response: Response;
    try {
      response = await hub.fetch(target.href, {
        headers: {
          // What is counted and hashed are the file's own bytes.
          'Accept-Encoding': 'identity',
          'User-Agent': 'forward-pass',
          ...headers,
          ...(mayKnowToken(hub, target) ? { Authorization: `Bearer ${hub.token}` } : {}),
        },
        redirect: 'manual',
        signal: AbortSignal.any(signals),
      });
    } finally {
      clearTimeout(timer);
    }
    const location = response.headers.get('location');
    if (![301, 302, 303, 307, 308].includes(response.status) || location === null) return response;
    await response.body?.cancel().catch(() => undefined);
    const next = URL.canParse(location, target.href) ? new URL(location, target.href) : null;
    if (!next || !isSafeStep(target, next)) {
      throw new HubError('network', `${target.host} leads to a place that is not safe to follow, so nothing was downloaded. Check the setting forwardPass.huggingFaceEndpoint.`); // prettier-ignore
    }
    target = next;
  }
  throw new HubError('network', `${url.host} leads from one place to the next without end. Check the setting forwardPass.huggingFaceEndpoint.`); // prettier-ignore
}

function mayKnowToken({ endpoint, token }: HubConnection, target: URL): boolean {
  if (!token || target.origin !== endpoint.origin) return false;
  return target.protocol === 'https:' || isThisMachine(target);
}

function isThisMachine({ hostname }: URL): boolean {
  return hostname === 'localhost' || hostname === '[::1]' || /^127\./.test(hostname);
}

/** Never out of encryption, and never to anything but a web server. */
function isSafeStep(from: URL, to: URL): boolean {
  return to.protocol === 'https:' || (to.protocol === 'http:' && from.protocol === 'http:');
}

function isPassing(status: number): boolean {
  return status === 408 || status === 429 || (status >= 500 && status !== 501 && status !== 505);
}

/** What `Retry-After` says, in seconds or as a date. */
function retryAfterMs({ headers }: Response): number | null {
  const value = headers.get('retry-after')?.trim();
  if (!value) return null;
  if (/^\d+$/.test(value)) return Number(value) * 1000;
  const date = Date.parse(value);
  return Number.isNaN(date) ? null : Math.max(0, date - Date.now());
}

function busy({ host }: URL, status: number, waitMs: number): HubError {
  const minutes = Math.ceil(waitMs / 60_000);
  const when = waitMs > mostPatienceMs ? `in ${minutes} minutes` : 'later';
  const what = status === 429 ? 'has had too many requests from here' : `is out of order (${status})`; // prettier-ignore
  return new HubError('busy', `${host} ${what}: try again ${when}. What has come so far is kept.`);
}

export function unreachable({ host }: URL, cause: unknown): HubError {
  return new HubError(
    'network',
    `${host} cannot be reached (${reasonOf(cause)}). Check the connection, the proxy, or the setting forwardPass.huggingFaceEndpoint. What has come so far is kept.`,
    { cause },
  );
}

/** `fetch` itself says only "fetch failed"; what failed is its cause. */
function reasonOf(error: unknown): string {
  const causes: Error[] = [];
  for (let at = error; at instanceof Error && causes.length < 5; at = at.cause) causes.push(at);
  const coded = causes.map((cause) => (cause as NodeJS.ErrnoException).code).find((code) => typeof code === 'string'); // prettier-ignore
  return coded ?? causes.at(-1)?.message ?? String(error);
}
