import * as vscode from 'vscode';
import type { EngineConnection, InspectParams } from '../protocol/engine';
import type { ExportFormat, ExportRequests, Provenance } from '../protocol/exports';
import type { InspectionSession } from './inspectionSession';

export interface ExportContext {
  session: InspectionSession;
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
    run,
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
    const sha256 = await this.context.engine.request('weightsHash', { model: run.model });
    return { format: chosen.format, to: chosen.to, provenance: this.provenance(sha256) };
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

  private provenance(sha256: string): Provenance {
    const { session, version } = this.context;
    const { inspection } = session.state;
    const { name, family, parameters, nLayer, nHead, nEmbd, dtype } = inspection!.result.model;
    const { topK, bos } = this.context.parameters();
    return {
      tool: 'Forward Pass',
      version,
      source: inspection!.source,
      text: session.subject!.text,
      model: { name, family, parameters, nLayer, nHead, nEmbd, dtype, sha256 },
      settings: { topK, beginningOfText: bos },
    };
  }
}
