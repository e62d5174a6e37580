import * as vscode from 'vscode';

/** Shows a document of a file system that cannot be written, while something is done with it. */
export async function withLockedDocument(
  text: string,
  work: (editor: vscode.TextEditor) => Promise<void>,
): Promise<void> {
  const provider = vscode.workspace.registerFileSystemProvider('locked', lockedFiles(text), {
    isReadonly: true,
  });
  try {
    const uri = vscode.Uri.parse('locked:/locked.txt');
    await work(await vscode.window.showTextDocument(await vscode.workspace.openTextDocument(uri)));
  } finally {
    provider.dispose();
  }
}

/** A file system where every file holds the same text. */
function lockedFiles(text: string): vscode.FileSystemProvider {
  const content = new TextEncoder().encode(text);
  const refuse = () => {
    throw vscode.FileSystemError.NoPermissions();
  };
  return {
    onDidChangeFile: new vscode.EventEmitter<vscode.FileChangeEvent[]>().event,
    watch: () => new vscode.Disposable(() => {}),
    stat: () => ({ type: vscode.FileType.File, ctime: 0, mtime: 0, size: content.length }),
    readFile: () => content,
    readDirectory: () => [],
    createDirectory: refuse,
    writeFile: refuse,
    delete: refuse,
    rename: refuse,
  };
}
