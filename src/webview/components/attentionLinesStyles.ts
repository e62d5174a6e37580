import { css } from 'lit';

/** Two columns of tokens with a canvas between them, in a part that scrolls. */
export const attentionLinesStyles = css`
  .readout {
    min-height: 3.2em;
    margin: 8px 0 4px;
    line-height: 1.6;
    overflow: hidden;
  }
  .readout .item {
    display: inline-block;
    white-space: nowrap;
    margin-right: 0.6em;
    max-width: 100%;
    overflow: hidden;
    text-overflow: ellipsis;
    vertical-align: bottom;
  }
  b {
    font-weight: 600;
  }
  .name {
    font-family: var(--fp-mono);
    white-space: pre;
  }
  .heads {
    display: flex;
    justify-content: space-between;
    line-height: 18px;
  }
  .scroll {
    position: relative;
    max-height: min(62vh, 520px);
    overflow: hidden auto;
    border: 1px solid var(--fp-border);
    border-radius: 5px;
    background: var(--vscode-editor-background);
    color: var(--vscode-editor-foreground);
    scrollbar-width: thin;
  }
  .extent {
    position: relative;
    height: var(--height);
  }
  canvas {
    position: sticky;
    top: 0;
    display: block;
    margin: 0 36%;
    width: 28%;
    color: var(--fp-accent);
    pointer-events: none;
  }
  .column {
    position: absolute;
    top: 0;
    width: 36%;
    height: 100%;
  }
  .column.key {
    right: 0;
  }
  .token {
    position: absolute;
    top: var(--y);
    max-width: 100%;
    height: 20px;
    padding: 0 6px;
    line-height: 20px;
    font-size: 12px;
    overflow: hidden;
    text-overflow: ellipsis;
    border-radius: 3px;
    cursor: pointer;
    background: color-mix(in srgb, var(--fp-accent) calc(var(--share, 0) * 60%), transparent);
  }
  .query .token {
    right: 0;
  }
  .key .token {
    left: 0;
  }
  .token.looked {
    outline: 1px solid var(--vscode-foreground);
    outline-offset: -1px;
  }
  .token.current {
    outline: 2px solid var(--vscode-focusBorder);
    outline-offset: -2px;
  }
  .token.hidden {
    opacity: 0.45;
  }
  .more {
    margin-top: 6px;
    min-height: 1.4em;
  }
`;
