import * as vscode from 'vscode';
import type { TokenMeasure } from '../../inspection/tokenMeasure';
import type { Highlights } from './highlights';
import { measures } from './highlightSettings';
import { legendText, measureNames } from './legend';

const about: Record<TokenMeasure, string> = {
  surprisal: 'how little the model expected the token',
  probability: 'how much the model expected the token',
  rank: 'how many tokens it held more likely, in buckets as GLTR’s',
  entropy: 'how unsure the model was in the token’s place',
};

type Entry = vscode.QuickPickItem & { run?: () => PromiseLike<unknown> };

/** What a click on the legend offers. */
export async function chooseMeasure(
  highlights: Highlights,
  editor: vscode.TextEditor | undefined,
): Promise<void> {
  const section = vscode.workspace.getConfiguration('forwardPass', editor?.document);
  const set = (key: string, value: unknown) =>
    section.update(key, value, vscode.ConfigurationTarget.Global, isSetForLanguage(section, key));
  const current = section.get('highlightBy');
  const lineBits = section.get('lineBits') === true;
  const on = editor !== undefined && highlights.of(editor.document) !== undefined;
  const entries: Entry[] = [
    ...measures.map((measure) => ({
      label: `${measure === current ? '$(check)' : '$(blank)'} ${measureNames[measure]}`,
      description: about[measure],
      detail: `$(blank) ${legendText(measure)}`,
      run: async () => {
        await set('highlightBy', measure);
        if (!on) highlights.toggle(editor);
      },
    })),
    { label: '', kind: vscode.QuickPickItemKind.Separator },
    {
      label: `${lineBits ? '$(check)' : '$(blank)'} Bits of each line, at its end`,
      run: () => set('lineBits', !lineBits),
    },
    {
      label: `$(blank) Switch highlights ${on ? 'off' : 'on'}`,
      run: () => vscode.commands.executeCommand('forwardPass.toggleHighlights'),
    },
  ];
  const chosen = await vscode.window.showQuickPick(entries, {
    title: 'Forward Pass: colour tokens by',
    matchOnDescription: true,
  });
  await chosen?.run?.();
}

/** A value for the document's language hides the general one, so it is the one to change. */
function isSetForLanguage(section: vscode.WorkspaceConfiguration, key: string): boolean {
  return section.inspect(key)?.globalLanguageValue !== undefined;
}
