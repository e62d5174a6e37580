import { randomBytes } from 'node:crypto';
import * as vscode from 'vscode';

/** Where the webview may load from: the bundle and its style sheets. */
export function panelOptions(extensionUri: vscode.Uri): vscode.WebviewOptions {
  return { enableScripts: true, localResourceRoots: [vscode.Uri.joinPath(extensionUri, 'dist')] };
}

/**
 * The panel's page. It runs the one script that carries the nonce and fetches nothing: its styles
 * are constructed style sheets, which the policy does not concern. `place` is the one thing that a
 * page cannot find out, but has to be coloured by.
 */
export function panelHtml(
  webview: vscode.Webview,
  extensionUri: vscode.Uri,
  place: 'view' | 'tab',
): string {
  const nonce = randomBytes(16).toString('base64');
  const script = webview.asWebviewUri(vscode.Uri.joinPath(extensionUri, 'dist', 'webview.js'));
  return `<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8" />
    <meta
      http-equiv="Content-Security-Policy"
      content="default-src 'none'; script-src 'nonce-${nonce}'; style-src ${webview.cspSource}"
    />
    <meta name="viewport" content="width=device-width, initial-scale=1" />
    <title>Forward Pass</title>
  </head>
  <body data-place="${place}">
    <script type="module" nonce="${nonce}" src="${script.toString()}"></script>
  </body>
</html>
`;
}
