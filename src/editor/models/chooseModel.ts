import { basename } from 'node:path';
import type * as vscode from 'vscode';
import type { RepositoryId } from '../../models/download/repositoryId';
import { estimateOf } from '../../models/library/describePath';
import { askForRepository, download, pickFromCatalogue, type DownloadContext } from './downloads';
import { pickModel, type ModelChoice, type OtherWay } from './modelPick';
import { askForModelFile, askForModelFolder, modelIn } from './openModel';
import { useModel, type UseModelContext, type WantedModel } from './useModel';

export interface ChooseModelContext extends UseModelContext, DownloadContext {
  /** Path of the model in use; null where the setting names none. */
  current: () => string | null;
}

/** "Choose Model…": finds, opens or downloads a model and uses it. False where nothing was changed. */
export async function chooseModel(
  context: ChooseModelContext,
  given?: vscode.Uri,
): Promise<boolean> {
  const wanted = given
    ? await wantedAt(await modelIn(given.fsPath))
    : await choose(context, 'Choose a Model', ['folder', 'file', 'catalogue', 'byName']);
  return wanted ? useModel(context, wanted) : false;
}

/** Downloads one of the models that are offered, and uses it. */
export async function downloadAndUse(context: ChooseModelContext): Promise<boolean> {
  const wanted = await chosenBy(context, 'catalogue');
  return wanted ? useModel(context, wanted) : false;
}

/** Asks for a model to compare with; null where none was chosen. */
export async function chooseOtherModel(context: ChooseModelContext): Promise<string | null> {
  const wanted = await choose(context, 'Choose a Model to Compare With', ['folder', 'file']);
  return wanted?.path ?? null;
}

async function choose(
  context: ChooseModelContext,
  title: string,
  others: readonly OtherWay[],
): Promise<WantedModel | null> {
  const { places, explain } = context;
  const choice = await pickModel({ title, places, others, current: context.current(), explain });
  return choice === undefined ? null : chosenBy(context, choice);
}

async function chosenBy(
  context: ChooseModelContext,
  choice: ModelChoice,
): Promise<WantedModel | null> {
  switch (choice) {
    case 'folder':
      return wantedAt(await askForModelFolder());
    case 'file':
      return wantedAt(await askForModelFile());
    case 'catalogue': {
      const picked = await pickFromCatalogue(context);
      if (picked === undefined) return null;
      if (picked === 'byName') return chosenBy(context, picked);
      return 'path' in picked ? picked : downloaded(context, picked, false);
    }
    case 'byName': {
      const id = await askForRepository(context);
      return id ? downloaded(context, id, true) : null;
    }
    default:
      return choice;
  }
}

async function downloaded(
  context: ChooseModelContext,
  id: RepositoryId,
  ask: boolean,
): Promise<WantedModel | null> {
  return wantedAt((await download(context, id, ask)) ?? null, id.repository);
}

async function wantedAt(path: string | null, name?: string): Promise<WantedModel | null> {
  if (path === null) return null;
  return { path, name: name ?? basename(path), memory: await estimateOf(path) };
}
