import * as vscode from 'vscode';

/** Whether a document could be written, as far as its file system says. */
export async function isWritable(uri: vscode.Uri): Promise<boolean> {
  const { fs } = vscode.workspace;
  if (fs.isWritableFileSystem(uri.scheme) === false) return false;
  try {
    const { permissions = 0 } = await fs.stat(uri);
    return (permissions & vscode.FilePermission.Readonly) === 0;
  } catch {
    // Not on a disk yet: a document without a title, or a new file.
    return true;
  }
}
