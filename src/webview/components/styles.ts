import { css } from 'lit';

/** What all components share: type, focus, quiet text, plain buttons. */
export const shared = css`
  :host {
    display: block;
    box-sizing: border-box;
    min-width: 0;
  }
  :host([hidden]) {
    display: none;
  }
  *,
  *::before,
  *::after {
    box-sizing: border-box;
  }
  p,
  ol,
  dl,
  dd,
  h2 {
    margin: 0;
    padding: 0;
  }
  .muted {
    color: var(--fp-muted);
  }
  .small {
    font-size: var(--fp-small);
  }
  .number {
    font-variant-numeric: tabular-nums;
  }
  .token {
    font-family: var(--fp-mono);
    unicode-bidi: isolate;
    white-space: pre;
  }
  .visually-hidden {
    position: absolute;
    width: 1px;
    height: 1px;
    overflow: hidden;
    clip-path: inset(50%);
    white-space: nowrap;
  }
  .icon {
    display: block;
    flex: none;
  }
  button {
    font: inherit;
    color: inherit;
  }
  .tool {
    display: inline-flex;
    align-items: center;
    justify-content: center;
    min-width: 22px;
    height: 22px;
    padding: 0 3px;
    border: 1px solid transparent;
    border-radius: 4px;
    background: none;
    color: var(--vscode-icon-foreground, inherit);
    cursor: pointer;
  }
  .tool:hover:not(:disabled) {
    background: var(--vscode-toolbar-hoverBackground);
    outline: 1px dashed var(--vscode-contrastActiveBorder, transparent);
    outline-offset: -1px;
  }
  .tool:disabled {
    opacity: 0.4;
    cursor: default;
  }
  .link {
    padding: 0;
    border: 0;
    border-radius: 2px;
    background: none;
    color: var(--vscode-textLink-foreground);
    cursor: pointer;
  }
  .link:hover {
    text-decoration: underline;
    color: var(--vscode-textLink-activeForeground);
  }
  input[type='number'] {
    font: inherit;
    font-variant-numeric: tabular-nums;
    width: 100%;
    min-width: 0;
    height: 22px;
    padding: 0 4px;
    border: 1px solid var(--vscode-input-border, var(--vscode-contrastBorder, transparent));
    border-radius: 3px;
    background: var(--vscode-input-background);
    color: var(--vscode-input-foreground);
    text-align: right;
    appearance: textfield;
  }
  input[type='number']::-webkit-inner-spin-button {
    display: none;
  }
  input::placeholder {
    color: var(--vscode-input-placeholderForeground);
    opacity: 1;
  }
  :focus {
    outline: none;
  }
  :focus-visible {
    outline: 1px solid var(--vscode-focusBorder) !important;
    outline-offset: -1px;
  }
`;
