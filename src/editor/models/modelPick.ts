import { homedir } from 'node:os';
import { dirname } from 'node:path';
import * as vscode from 'vscode';
import { removeDownload } from '../../models/download/partialDownloads';
import { findModels } from '../../models/library/findModels';
import { modelOrigins, type LibraryEntry } from '../../models/library/libraryEntry';
import type { ModelPlaces } from '../../models/library/modelPlaces';
import { machineMemory } from '../../models/memory';
import { modelItem, originNames, shortPath } from './modelItem';
import { confirmed } from './useModel';

export type OtherWay = 'folder' | 'file' | 'catalogue' | 'byName';

export type ModelChoice = LibraryEntry | OtherWay;

interface Item extends vscode.QuickPickItem {
  choice?: ModelChoice;
}

export interface ModelPickOptions {
  title: string;
  places: ModelPlaces;
  /** Path of the model in use. */
  current: string | null;
  /** What is offered beside the models that are here. */
  others: readonly OtherWay[];
  explain: (error: unknown) => string;
}

const otherItems: Record<OtherWay, Item> = {
  folder: { label: '$(folder-opened) Open Folder…', choice: 'folder' },
  file: { label: '$(file) Open File…', description: 'GGUF or safetensors', choice: 'file' },
  catalogue: { label: '$(cloud-download) Download a Model…', choice: 'catalogue' },
  byName: { label: '$(cloud-download) Download from Hugging Face by Name…', choice: 'byName' },
};

const copyButton: vscode.QuickInputButton = {
  iconPath: new vscode.ThemeIcon('copy'),
  tooltip: 'Copy Path',
};
const revealButton: vscode.QuickInputButton = {
  iconPath: new vscode.ThemeIcon('folder-opened'),
  tooltip: 'Reveal in File Manager',
};
const removeButton: vscode.QuickInputButton = {
  iconPath: new vscode.ThemeIcon('trash'),
  tooltip: 'Delete This Download',
};

/** New entries are shown together, at most so often: a list that jumps cannot be read. */
const refreshMs = 120;

/** Lets a person choose among all models on this machine, which appear as they are found. */
export function pickModel(options: ModelPickOptions): Promise<ModelChoice | undefined> {
  return new Promise((resolve) => {
    const pick = new ModelPick(options, resolve);
    pick.show();
  });
}

class ModelPick {
  private readonly pick = vscode.window.createQuickPick<Item>();
  private readonly search = new AbortController();
  private readonly entries: LibraryEntry[] = [];
  private readonly memory = machineMemory();
  private readonly home = homedir();
  private timer: NodeJS.Timeout | undefined;
  /** What the list made active by itself; any other item was gone to by the person. */
  private readonly activeByItself = new Set<ModelChoice>();
  private gone = false;

  constructor(
    private readonly options: ModelPickOptions,
    private readonly done: (choice: ModelChoice | undefined) => void,
  ) {
    const { pick } = this;
    pick.title = options.title;
    pick.placeholder = 'Looking for models on this machine…';
    pick.matchOnDescription = true;
    pick.matchOnDetail = true;
    pick.keepScrollPosition = true;
    pick.onDidAccept(() => this.accept(pick.selectedItems[0]?.choice));
    pick.onDidTriggerItemButton(({ item, button }) => void this.press(item.choice, button));
    pick.onDidHide(() => this.finish(undefined));
    pick.onDidChangeActive(([item]) => {
      if (item?.choice !== undefined) this.gone = !this.activeByItself.has(item.choice);
    });
  }

  show(): void {
    this.pick.busy = true;
    this.refresh();
    this.pick.show();
    void this.find();
  }

  private async find(): Promise<void> {
    const { places, explain } = this.options;
    try {
      for await (const entry of findModels(places, this.search.signal)) {
        if (this.search.signal.aborted) return;
        this.entries.push(entry);
        this.timer ??= setTimeout(() => this.refresh(), refreshMs);
      }
    } catch (error) {
      if (!this.search.signal.aborted) void vscode.window.showErrorMessage(explain(error));
    }
    if (this.search.signal.aborted) return;
    this.pick.busy = false;
    this.pick.placeholder = 'Choose a model';
    this.refresh();
  }

  private refresh(): void {
    clearTimeout(this.timer);
    this.timer = undefined;
    const { pick } = this;
    const active = pick.activeItems[0]?.choice;
    const items: Item[] = [];
    for (const origin of modelOrigins) {
      const group = this.entries.filter((entry) => entry.origin === origin);
      if (group.length === 0) continue;
      items.push({ label: originNames[origin], kind: vscode.QuickPickItemKind.Separator });
      const usable = group.filter(({ unsupported }) => unsupported === null);
      const others = group.filter(({ unsupported }) => unsupported !== null);
      items.push(...[...usable, ...others].map((entry) => this.item(entry)));
    }
    items.push({ label: 'Other models', kind: vscode.QuickPickItemKind.Separator });
    items.push(...this.options.others.map((way) => otherItems[way]));
    const choices = items.filter(({ choice }) => choice !== undefined);
    const current = choices.find(({ choice }) => this.isCurrent(choice!)) ?? choices[0]!;
    const wanted = this.gone ? choices.find(({ choice }) => choice === active) : current;
    for (const item of [current, choices[0]!]) this.activeByItself.add(item.choice!);
    pick.items = items;
    if (wanted) pick.activeItems = [wanted];
  }

  private item(entry: LibraryEntry): Item {
    const buttons = [copyButton];
    if (vscode.env.uiKind === vscode.UIKind.Desktop) buttons.unshift(revealButton);
    if (entry.origin === 'downloaded' && !this.isCurrent(entry)) buttons.push(removeButton);
    return {
      ...modelItem(entry, this.memory, this.isCurrent(entry)),
      choice: entry,
      buttons,
    };
  }

  private isCurrent(choice: ModelChoice): boolean {
    return typeof choice === 'object' && choice.path === this.options.current;
  }

  private accept(choice: ModelChoice | undefined): void {
    if (choice === undefined) return;
    if (typeof choice === 'object' && choice.unsupported !== null) {
      void vscode.window.showInformationMessage(`${choice.name}: ${choice.unsupported}`);
      return;
    }
    this.finish(choice);
  }

  private async press(choice: ModelChoice | undefined, button: vscode.QuickInputButton) {
    if (typeof choice !== 'object') return;
    if (button === copyButton) {
      await vscode.env.clipboard.writeText(choice.path);
      void vscode.window.setStatusBarMessage('The path was copied.', 3000);
    } else if (button === revealButton) {
      await vscode.commands.executeCommand('revealFileInOS', vscode.Uri.file(choice.path));
    } else if (button === removeButton) {
      await this.remove(choice);
    }
  }

  private async remove(entry: LibraryEntry): Promise<void> {
    const question = {
      message: `Delete the download of ${entry.name}?`,
      detail: `${shortPath(entry.path, this.home)} goes for good; it can be downloaded again.`,
    };
    // The question takes the focus, which would close the list and with it this search.
    this.pick.ignoreFocusOut = true;
    try {
      if (!(await confirmed(question, 'Delete'))) return;
      const folder = entry.format === 'gguf' ? dirname(entry.path) : entry.path;
      if (await removeDownload(folder)) this.entries.splice(this.entries.indexOf(entry), 1);
      else void vscode.window.showInformationMessage(`${entry.name} is in use, or was not downloaded by Forward Pass: it stays.`); // prettier-ignore
      this.refresh();
    } catch (error) {
      void vscode.window.showErrorMessage(this.options.explain(error));
    } finally {
      this.pick.ignoreFocusOut = false;
    }
  }

  private finish(choice: ModelChoice | undefined): void {
    if (this.search.signal.aborted) return;
    this.search.abort();
    clearTimeout(this.timer);
    this.pick.dispose();
    this.done(choice);
  }
}
