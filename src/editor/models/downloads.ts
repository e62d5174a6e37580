import * as vscode from 'vscode';
import { formatBytes, formatParameters } from '../../models/amounts';
import { catalogueModels } from '../../models/download/catalogue';
import { downloadModel } from '../../models/download/downloadModel';
import {
  convertedRevision,
  describeRepository,
  type HubRepository,
} from '../../models/download/hub';
import { HubError, type HubFailure } from '../../models/download/hubError';
import { below } from '../../models/download/endpoint';
import { usual, type HubConnection } from '../../models/download/hubFetch';
import { ggufFiles, hasSafetensors, neededFiles } from '../../models/download/neededFiles';
import { partialDownloads } from '../../models/download/partialDownloads';
import { progressText } from '../../models/download/progressText';
import { parseRepositoryId, type RepositoryId } from '../../models/download/repositoryId';
import { findModels } from '../../models/library/findModels';
import type { LibraryEntry } from '../../models/library/libraryEntry';
import type { ModelPlaces } from '../../models/library/modelPlaces';
import type { HubToken } from './hubToken';

export interface DownloadContext {
  places: ModelPlaces;
  /** The folder that downloads go to. */
  downloads: string;
  /** @throws {UserError} where the setting is wrong. */
  endpoint: () => URL;
  token: HubToken;
  explain: (error: unknown) => string;
}

/** Lets a person choose one of the models that are offered; one that is here already is that one. */
export async function pickFromCatalogue(
  context: DownloadContext,
): Promise<RepositoryId | LibraryEntry | 'byName' | undefined> {
  const here = new Map<string, LibraryEntry>();
  const elsewhere = { workspace: [], lmStudio: [], ollama: [] };
  for await (const entry of findModels({ ...context.places, ...elsewhere })) {
    const usable = entry.unsupported === null && entry.revision === null;
    if (usable && entry.origin !== 'bundled' && !here.has(entry.name)) here.set(entry.name, entry);
  }
  const begun = new Map(
    (await partialDownloads(context.downloads)).map((partial) => [partial.repository, partial]),
  );
  const items = catalogueModels.map((model) => {
    const { repository, name, family, parameters, bytes } = model;
    const partial = begun.get(repository);
    const state = here.has(repository)
      ? 'on this machine'
      : partial && `${Math.floor((100 * partial.bytes) / partial.totalBytes)} % downloaded`;
    const icon = here.has(repository) ? 'check' : partial ? 'debug-continue' : 'cloud-download';
    return {
      label: `$(${icon}) ${name}`,
      description: [family, formatParameters(parameters), state].filter(Boolean).join(' · '),
      detail: `${repository} · ${formatBytes(bytes)}`,
      repository,
    };
  });
  const byName = { label: '$(edit) By Name…', description: 'any repository', repository: null };
  const chosen = await vscode.window.showQuickPick(
    [...items, { label: '', kind: vscode.QuickPickItemKind.Separator, repository: null }, byName],
    {
      title: `Download a Model from ${context.endpoint().host}`,
      placeHolder: 'It is downloaded, checked and used',
      matchOnDescription: true,
      matchOnDetail: true,
    },
  );
  if (chosen === byName) return 'byName';
  if (!chosen?.repository) return undefined;
  const { repository } = chosen;
  return here.get(repository) ?? { repository, revision: 'main' };
}

export async function askForRepository(
  context: DownloadContext,
): Promise<RepositoryId | undefined> {
  const given = await vscode.window.showInputBox({
    title: `Download a Model from ${context.endpoint().host} by Name`,
    prompt: 'Config, tokenizer and weights in safetensors are fetched, or one GGUF file.',
    placeHolder: 'ORG/NAME or ORG/NAME@REVISION, such as openai-community/gpt2',
    ignoreFocusOut: true,
    validateInput: (value) => {
      if (value.trim() === '') return null;
      try {
        parseRepositoryId(value);
        return null;
      } catch (error) {
        return context.explain(error);
      }
    },
  });
  return given?.trim() ? parseRepositoryId(given) : undefined;
}

/**
 * Downloads a model, with its progress in a notification; undefined where it did not come to be, which
 * was said. A hub that wants a token is given one, where the person has one.
 *
 * @param ask whether to say how much it is first: where a person knows only the name.
 */
export async function download(
  context: DownloadContext,
  id: RepositoryId,
  ask: boolean,
): Promise<string | undefined> {
  for (;;) {
    try {
      return await attempt(context, id, ask);
    } catch (error) {
      const failure = error instanceof HubError ? error.failure : null;
      const chosen = await vscode.window.showErrorMessage(
        context.explain(error),
        ...actionsFor(failure),
      );
      if (chosen === undefined) return undefined;
      const endpoint = context.endpoint();
      if (chosen === openPage) {
        await vscode.env.openExternal(vscode.Uri.parse(below(endpoint, id.repository).href));
      }
      if (chosen !== tryAgain && !(await context.token.ask(endpoint))) return undefined;
    }
  }
}

const tryAgain = 'Try Again';
const setToken = 'Set Token…';
/** Where the terms of a gated model are accepted; the token is asked for next. */
const openPage = 'Open Page';

function actionsFor(failure: HubFailure | null): string[] {
  if (failure === null || failure === 'missing') return [];
  return failure === 'token' ? [setToken, openPage] : [tryAgain];
}

async function attempt(
  context: DownloadContext,
  id: RepositoryId,
  ask: boolean,
): Promise<string | undefined> {
  const endpoint = context.endpoint();
  const token = await context.token.get(endpoint);
  const connect = (signal: AbortSignal): HubConnection => ({ ...usual, endpoint, token, signal });

  const repository = await cancellable(`Looking for ${id.repository}`, (signal) =>
    find(connect(signal), id),
  );
  if (!repository) return undefined;
  const gguf = hasSafetensors(repository) ? undefined : await pickGguf(repository);
  if (gguf === null) return undefined;
  const total = neededFiles(repository, gguf).reduce((sum, { size }) => sum + size, 0);
  if (ask) {
    const yes = 'Download';
    const message = `Download ${repository.repository}${gguf === undefined ? '' : `/${gguf}`} (${formatBytes(total)})?`; // prettier-ignore
    const detail = `From ${endpoint.host} to ${context.downloads}.`;
    if ((await vscode.window.showInformationMessage(message, { modal: true, detail }, yes)) !== yes) return undefined; // prettier-ignore
  }
  return cancellable(`Downloading ${repository.repository}`, (signal, report) => {
    let shown = 0;
    let last = 0;
    return downloadModel({
      hub: connect(signal),
      repository,
      gguf,
      downloads: context.downloads,
      onProgress: (progress) => {
        if (Date.now() - last < 250 && progress.note === null) return;
        last = Date.now();
        const percent = total > 0 ? (100 * progress.bytes) / total : 0;
        report({ message: progressText(progress), increment: Math.max(0, percent - shown) });
        shown = Math.max(shown, percent);
      },
    });
  });
}

/** What a repository holds; where it has only pickled weights, the hub's own conversion of them. */
async function find(hub: HubConnection, id: RepositoryId): Promise<HubRepository> {
  const repository = await describeRepository(hub, id);
  if (hasSafetensors(repository) || ggufFiles(repository).length > 0) return repository;
  const revision = await convertedRevision(hub, id);
  return revision === null ? repository : describeRepository(hub, { ...id, revision });
}

/** Undefined where there are none to choose from; null where none was chosen. */
async function pickGguf(repository: HubRepository): Promise<string | null | undefined> {
  const files = ggufFiles(repository);
  if (files.length <= 1) return files[0]?.name;
  const items = files
    .sort((a, b) => a.size - b.size)
    .map(({ name, size }) => ({ label: `$(file) ${name}`, description: formatBytes(size), name }));
  const chosen = await vscode.window.showQuickPick(items, {
    title: `Files of ${repository.repository}`,
    placeHolder: 'Smaller files are coarser: Q8_0 is close to the original, Q4 further away',
  });
  return chosen?.name ?? null;
}

type Report = (progress: { message: string; increment?: number }) => void;

/** Undefined where the person cancelled. */
async function cancellable<T>(
  title: string,
  work: (signal: AbortSignal, report: Report) => Promise<T>,
): Promise<T | undefined> {
  const controller = new AbortController();
  try {
    return await vscode.window.withProgress(
      {
        location: vscode.ProgressLocation.Notification,
        title: `Forward Pass: ${title}`,
        cancellable: true,
      },
      (progress, cancellation) => {
        cancellation.onCancellationRequested(() => controller.abort());
        return work(controller.signal, (value) => progress.report(value));
      },
    );
  } catch (error) {
    if (controller.signal.aborted) return undefined;
    throw error;
  }
}
