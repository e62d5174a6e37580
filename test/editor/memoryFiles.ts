import * as vscode from 'vscode';

/**
 * A file system that holds its files in memory, as an extension for another place than the disk has
 * one, and counts what is written to it.
 */
export class MemoryFiles implements vscode.FileSystemProvider {
  /** What was written, by whomever, in order. */
  readonly written: string[] = [];
  private readonly files = new Map<string, { content: Uint8Array; mtime: number }>();
  private readonly changes = new vscode.EventEmitter<vscode.FileChangeEvent[]>();
  readonly onDidChangeFile = this.changes.event;
  private time = 1;

  /** Puts a file there, as something outside of VS Code does. */
  put(uri: vscode.Uri, content: string | Uint8Array): void {
    const type = this.files.has(uri.path)
      ? vscode.FileChangeType.Changed
      : vscode.FileChangeType.Created;
    const bytes = typeof content === 'string' ? new TextEncoder().encode(content) : content;
    this.files.set(uri.path, { content: bytes, mtime: ++this.time });
    this.changes.fire([{ type, uri }]);
  }

  text(uri: vscode.Uri): string {
    return new TextDecoder().decode(this.readFile(uri));
  }

  watch(): vscode.Disposable {
    return new vscode.Disposable(() => {});
  }

  stat(uri: vscode.Uri): vscode.FileStat {
    if (uri.path === '/') return { type: vscode.FileType.Directory, ctime: 0, mtime: 0, size: 0 };
    const { content, mtime } = this.file(uri);
    return { type: vscode.FileType.File, ctime: 0, mtime, size: content.length };
  }

  readFile(uri: vscode.Uri): Uint8Array {
    return this.file(uri).content;
  }

  readDirectory(): [string, vscode.FileType][] {
    return [...this.files.keys()].map((path) => [path.slice(1), vscode.FileType.File]);
  }

  writeFile(uri: vscode.Uri, content: Uint8Array): void {
    this.written.push(uri.path);
    this.put(uri, content);
  }

  delete(uri: vscode.Uri): void {
    this.written.push(uri.path);
    this.files.delete(uri.path);
    this.changes.fire([{ type: vscode.FileChangeType.Deleted, uri }]);
  }

  rename(uri: vscode.Uri, to: vscode.Uri): void {
    this.writeFile(to, this.readFile(uri));
    this.delete(uri);
  }

  createDirectory(): void {
    throw vscode.FileSystemError.NoPermissions();
  }

  private file(uri: vscode.Uri) {
    const file = this.files.get(uri.path);
    if (!file) throw vscode.FileSystemError.FileNotFound(uri);
    return file;
  }
}
