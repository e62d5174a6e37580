import { UserError } from '../../protocol/userError';

export const defaultEndpoint = 'https://huggingface.co';

/** @throws {UserError} where the setting `forwardPass.huggingFaceEndpoint` is no web address. */
export function parseEndpoint(value: string): URL {
  const text = value.trim() === '' ? defaultEndpoint : value.trim();
  const url = URL.canParse(text) ? new URL(text) : null;
  const web = url?.protocol === 'https:' || url?.protocol === 'http:';
  if (!url || !web || url.username || url.password || url.search || url.hash) {
    throw new UserError(
      `The setting forwardPass.huggingFaceEndpoint is "${value}", but must be a web address such as ${defaultEndpoint}: change it in the settings.`,
    );
  }
  return url;
}

/** An address below the endpoint, each part written as it has to be in one. */
export function below(endpoint: URL, path: string, query = ''): URL {
  const url = new URL(endpoint.href);
  const written = path.split('/').map(encodeURIComponent).join('/');
  url.pathname = `${url.pathname.replace(/\/+$/, '')}/${written}`;
  url.search = query;
  return url;
}
