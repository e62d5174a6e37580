import * as vscode from 'vscode';
import { UserError } from '../../protocol/userError';
import { fileName } from './comparedTexts';

/** What is used of the API of VS Code's Git extension (extensions/git/src/api/git.d.ts, version 1). */
interface GitExtension {
  enabled: boolean;
  getAPI(version: 1): GitApi;
}

interface GitApi {
  state: 'uninitialized' | 'initialized';
  onDidChangeState: vscode.Event<GitApi['state']>;
  getRepository(uri: vscode.Uri): GitRepository | null;
  openRepository(root: vscode.Uri): Promise<GitRepository | null>;
  toGitUri(uri: vscode.Uri, ref: string): vscode.Uri;
}

interface GitRepository {
  state: { HEAD: { commit?: string } | undefined };
  status(): Promise<void>;
  show(ref: string, path: string): Promise<string>;
}

/** Git that is still looking for repositories is waited for so long. */
const patienceMs = 10_000;

/**
 * A file's text in the last commit, as the document that VS Code's Git extension makes of it; it
 * follows new commits.
 *
 * @throws {UserError} where there is none: no Git, no repository, no commit that holds the file.
 */
export async function headDocument(document: vscode.TextDocument): Promise<vscode.TextDocument> {
  const { uri } = document;
  const name = fileName(document);
  if (document.isUntitled) {
    throw new UserError(`${name} is no file yet: save it in a Git repository first.`);
  }
  if (uri.scheme !== 'file') {
    throw new UserError(
      `${name} is no file in a folder that Git could know: open the file itself, or compare it with the clipboard.`,
    );
  }
  const git = await gitApi();
  const repository = await repositoryOf(git, uri);
  if (!repository) {
    throw new UserError(`${name} is in no Git repository that VS Code has open.`);
  }
  await repository.status();
  if (!repository.state.HEAD?.commit) {
    throw new UserError(
      `There is no commit yet in the repository of ${name}: commit it, then compare.`,
    );
  }
  try {
    await repository.show('HEAD', uri.fsPath);
  } catch (cause) {
    throw new UserError(`${name} is not in the last commit (HEAD): commit it, then compare.`, {
      cause,
    });
  }
  try {
    return await vscode.workspace.openTextDocument(git.toGitUri(uri, 'HEAD'));
  } catch (cause) {
    throw new UserError(`${name} as it is in the last commit (HEAD) cannot be read as text.`, {
      cause,
    });
  }
}

async function gitApi(): Promise<GitApi> {
  const extension = vscode.extensions.getExtension<GitExtension>('vscode.git');
  if (!extension) {
    throw new UserError('VS Code’s Git extension is not there: switch it on to compare with HEAD.');
  }
  const git = await extension.activate();
  if (!git.enabled) {
    throw new UserError(
      'Git is switched off in the settings, or not installed: see “git.enabled” and “git.path”.',
    );
  }
  const api = git.getAPI(1);
  if (api.state !== 'initialized') await within(patienceMs, initialized(api));
  return api;
}

function initialized({ onDidChangeState }: GitApi): Promise<void> {
  return new Promise((resolve) => {
    const listener = onDidChangeState((state) => {
      if (state !== 'initialized') return;
      listener.dispose();
      resolve();
    });
  });
}

/** Also of a file outside of the open folders, or in a repository that was not looked into yet. */
async function repositoryOf(git: GitApi, uri: vscode.Uri): Promise<GitRepository | null> {
  const known = git.getRepository(uri);
  if (known) return known;
  const folder = vscode.Uri.joinPath(uri, '..');
  try {
    return (await git.openRepository(folder)) ?? git.getRepository(uri);
  } catch {
    return git.getRepository(uri);
  }
}

function within(ms: number, work: Promise<void>): Promise<void> {
  return Promise.race([work, new Promise<void>((resolve) => setTimeout(resolve, ms))]);
}
