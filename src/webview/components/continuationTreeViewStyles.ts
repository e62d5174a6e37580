import { css } from 'lit';

/** Rows of a tree with bars behind them, in a part that scrolls. */
export const continuationTreeViewStyles = css`
  :host {
    container-type: inline-size;
  }
  .head,
  .row {
    display: grid;
    grid-template-columns: minmax(90px, 1fr) minmax(36px, 90px) 62px 58px;
    align-items: center;
    column-gap: 8px;
    padding: 0 6px;
  }
  .head {
    height: 20px;
    white-space: nowrap;
    color: var(--fp-muted);
    font-size: var(--fp-small);
  }
  .short {
    display: none;
  }
  .scroll {
    max-height: 330px;
    overflow-y: auto;
    border: 1px solid var(--fp-border);
    border-radius: 5px;
    background: var(--vscode-editor-background);
    color: var(--vscode-editor-foreground);
  }
  .row {
    height: 22px;
    cursor: pointer;
  }
  .row:hover {
    background: var(--vscode-list-hoverBackground);
  }
  .row[aria-selected='true'] {
    background: var(
      --vscode-list-inactiveSelectionBackground,
      color-mix(in srgb, var(--fp-accent) 20%, transparent)
    );
    box-shadow: inset 2px 0 0 var(--fp-accent);
    outline: 1px solid var(--vscode-contrastActiveBorder, transparent);
    outline-offset: -1px;
  }
  .what {
    display: flex;
    align-items: center;
    min-width: 0;
    height: 100%;
    overflow: hidden;
    padding-left: calc(var(--indent) * var(--step, 13px));
  }
  .twisty {
    flex: none;
    display: flex;
    justify-content: center;
    align-self: stretch;
    align-items: center;
    width: 16px;
    color: var(--fp-muted);
  }
  .twisty .icon {
    transition: transform 100ms;
    transform: rotate(90deg);
  }
  .folded .twisty .icon {
    transform: none;
  }
  /* A line leads from the beginning of a branch along its tokens. */
  .on .twisty::before {
    content: '';
    width: 1px;
    height: 100%;
    background: var(--fp-muted);
    opacity: 0.6;
  }
  .leaf .twisty::before {
    content: '';
    width: 5px;
    height: 5px;
    border-radius: 50%;
    background: var(--fp-muted);
  }
  .token {
    flex: 0 1 auto;
    min-width: 0;
    overflow: hidden;
    text-overflow: ellipsis;
    font-size: var(--fp-mono-size);
  }
  .special {
    font-style: italic;
  }
  .preview {
    flex: 0 100 auto;
    min-width: 0;
    overflow: hidden;
    text-overflow: ellipsis;
    color: var(--fp-muted);
  }
  .bar {
    position: relative;
    height: 10px;
    border-radius: 2px;
    background: var(--fp-track);
    border: 1px solid var(--vscode-contrastBorder, transparent);
  }
  .fill {
    position: absolute;
    inset: 0 auto 0 0;
    width: var(--share);
    border-radius: 2px;
    background: var(--fp-accent);
  }
  .amount {
    text-align: right;
    white-space: nowrap;
  }
  @container (max-width: 330px) {
    .head,
    .row {
      grid-template-columns: minmax(60px, 1fr) 28px 52px 48px;
      column-gap: 6px;
      --step: 7px;
    }
    .scale {
      visibility: hidden;
    }
    .short {
      display: inline;
    }
    .long {
      display: none;
    }
  }
  @media (prefers-reduced-motion: reduce) {
    .twisty .icon {
      transition: none;
    }
  }
`;
