import * as vscode from 'vscode';

/**
 * The token for gated models, one for each hub, in the editor's secret storage and nowhere else: one
 * for huggingface.co is never shown to a mirror.
 */
export class HubToken {
  constructor(private readonly secrets: vscode.SecretStorage) {}

  get(endpoint: URL): Thenable<string | undefined> {
    return this.secrets.get(keyOf(endpoint));
  }

  /** Asks for it; nothing written forgets the one that was kept. False where nothing was changed. */
  async ask(endpoint: URL): Promise<boolean> {
    const given = await vscode.window.showInputBox({
      title: `Token for ${endpoint.host}`,
      prompt: `Kept in the secret storage, and sent to ${endpoint.host} only. Leave empty to forget it.`,
      placeHolder: 'hf_…',
      password: true,
      ignoreFocusOut: true,
      validateInput: (value) =>
        /^[\x21-\x7e]*$/.test(value.trim()) ? null : 'A token has no spaces in it, and no accents.',
    });
    if (given === undefined) return false;
    const token = given.trim();
    if (token === '') await this.secrets.delete(keyOf(endpoint));
    else await this.secrets.store(keyOf(endpoint), token);
    return true;
  }
}

function keyOf({ origin }: URL): string {
  return `forwardPass.hubToken ${origin}`;
}
