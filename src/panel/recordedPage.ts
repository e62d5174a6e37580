/**
 * One file that shows what the panel showed, without VS Code and without a network: the panel's own
 * script and a recording of everything that it had been told. The policy lets nothing else in.
 *
 * @param script dist/webview.js
 * @param recording JSON, as `webview/export/recording` writes it
 */
export function recordedPage(script: string, recording: string): string {
  // Neither may end the element that it stands in.
  const data = recording.replaceAll('<', '\\u003c');
  const code = script.replaceAll('</script', '<\\/script');
  return `<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8" />
    <meta
      http-equiv="Content-Security-Policy"
      content="default-src 'none'; script-src 'unsafe-inline'; style-src 'unsafe-inline'"
    />
    <meta name="viewport" content="width=device-width, initial-scale=1" />
    <title>Forward Pass</title>
  </head>
  <body data-place="tab">
    <script type="application/json" id="recording">${data}</script>
    <script type="module">${code}</script>
  </body>
</html>
`;
}
