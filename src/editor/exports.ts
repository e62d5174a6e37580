import * as vscode from 'vscode';
import type { EngineConnection, InspectParams } from '../protocol/engine';
import type { ExportFormat, ExportRequests, ExportSubject, Provenance } from '../protocol/exports';
import type { ModelDescription } from '../protocol/inspection';
import { UserError } from '../protocol/userError';

/** What is exported, and by which model it was read. */
export interface Exported {
  /** For people: "notes.md:12–14". */
  source: string;
  text: string;
  model: ModelDescription;
}

export interface ExportContext {
  /** Null where there is nothing to export. */
  subject(of: ExportSubject): Exported | null;
  engine: EngineConnection;
  parameters(): Omit<InspectParams, 'text'>;
  version: string;
  /** The page that shows a recording without VS Code. */
  page(recording: string): Promise<string>;
}

type Choice = NonNullable<ExportRequests['chooseExport']['result']>;
type Asked<M extends keyof ExportRequests> = ExportRequests[M]['params'];

const formats: Record<ExportFormat, { label: string; ending: string; about: string }> = {
  json: { label: 'JSON', ending: 'json', about: 'all numbers, as the command line prints them' },
  csv: { label: 'CSV', ending: 'csv', about: 'the table, for a spreadsheet' },
  svg: { label: 'SVG', ending: 'svg', about: 'the drawing, scalable' },
  png: { label: 'PNG', ending: 'png', about: 'the drawing, as it is on the screen' },
  page: { label: 'Page', ending: 'html', about: 'the whole panel; opens without VS Code' },
};
/** What can be pasted somewhere. */
const copied: readonly ExportFormat[] = ['json', 'csv', 'svg'];

/** Keeps what the panel shows: asks as what and where, and writes it. */
export class Exports {
  constructor(private readonly context: ExportContext) {}

  async chooseExport({
    what,
    formats: offered,
    of,
  }: Asked<'chooseExport'>): Promise<Choice | null> {
    const item = (format: ExportFormat, to: 'file' | 'clipboard') => {
      const { label, about } = formats[format];
      return to === 'file'
        ? { label: `$(save) Save as ${label}…`, description: about, format, to }
        : { label: `$(copy) Copy as ${label}`, description: '', format, to };
    };
    const chosen = await vscode.window.showQuickPick(
      [
        ...offered.map((format) => item(format, 'file')),
        ...offered.filter((format) => copied.includes(format)).map((f) => item(f, 'clipboard')),
      ],
      { title: `Forward Pass: ${what}`, placeHolder: 'Export as' },
    );
    if (!chosen) return null;
    const exported = this.context.subject(of);
    if (!exported) throw new UserError('What was to be exported is not on show any more.');
    const model = { ...this.context.parameters().model, folder: exported.model.folder };
    const sha256 = await this.context.engine.request('weightsHash', { model });
    const provenance = this.provenance(exported, sha256);
    return { format: chosen.format, to: chosen.to, provenance };
  }

  async saveExport({ name, format, to, content }: Asked<'saveExport'>): Promise<boolean> {
    if (to === 'clipboard') {
      await vscode.env.clipboard.writeText(String(content));
      vscode.window.setStatusBarMessage(`Copied as ${formats[format].label}.`, 4000);
      return true;
    }
    const { label, ending } = formats[format];
    const folder = vscode.workspace.workspaceFolders?.[0]?.uri;
    const fileName = `${name}.${ending}`;
    const file = await vscode.window.showSaveDialog({
      title: `Save as ${label}`,
      defaultUri: folder ? vscode.Uri.joinPath(folder, fileName) : vscode.Uri.file(fileName),
      filters: { [label]: [ending] },
    });
    if (!file) return false;
    const whole = format === 'page' ? await this.context.page(String(content)) : content;
    const bytes = typeof whole === 'string' ? new TextEncoder().encode(whole) : whole;
    await vscode.workspace.fs.writeFile(file, bytes);
    void vscode.window
      .showInformationMessage(`Saved ${vscode.workspace.asRelativePath(file)}.`, 'Open')
      .then((open) => {
        if (!open) return;
        if (format === 'page') void vscode.env.openExternal(file);
        else void vscode.commands.executeCommand('vscode.open', file);
      });
    return true;
  }

  private provenance({ source, text, model }: Exported, sha256: string): Provenance {
    const { name, family, parameters, nLayer, nHead, nEmbd, dtype } = model;
    const { topK, bos, specialTokens } = this.context.parameters();
    return {
      tool: 'Forward Pass',
      version: this.context.version,
      source,
      text,
      model: { name, family, parameters, nLayer, nHead, nEmbd, dtype, sha256 },
      settings: {
        topK,
        beginningOfText: bos,
        ...(specialTokens === 'token' && { specialTokens }),
      },
    };
  }
}
