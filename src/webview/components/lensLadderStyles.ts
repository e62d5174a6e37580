import { css } from 'lit';

/** One grid for all rows, which shows less where there is less room. */
export const lensLadderStyles = css`
  :host {
    container-type: inline-size;
  }
  ol {
    list-style: none;
    display: grid;
    grid-template-columns: max-content minmax(40px, max-content) minmax(40px, 1fr) max-content;
    column-gap: 8px;
  }
  ol.long {
    max-height: 560px;
    overflow-y: auto;
    scrollbar-width: thin;
  }
  li {
    display: contents;
  }
  .row {
    display: grid;
    grid-column: 1 / -1;
    grid-template-columns: subgrid;
    align-items: center;
    height: 20px;
    padding: 0;
    border: 0;
    border-radius: 3px;
    background: none;
    text-align: left;
    cursor: pointer;
  }
  .row.pointed {
    background: var(--vscode-list-hoverBackground);
    outline: 1px dashed var(--vscode-contrastActiveBorder, transparent);
    outline-offset: -1px;
  }
  .attn {
    margin-top: 3px;
  }
  .name {
    display: flex;
    align-items: center;
    gap: 5px;
    height: 100%;
    padding-left: 8px;
    border-left: 2px solid transparent;
    color: var(--fp-muted);
    font-size: var(--fp-small);
    font-variant-numeric: tabular-nums;
  }
  .held .name {
    border-left-color: var(--fp-accent);
  }
  .text {
    display: flex;
    align-items: center;
    gap: 4px;
    min-width: 0;
    max-width: 18ch;
    font-size: 12px;
    line-height: 20px;
  }
  .text bdi {
    overflow: hidden;
    text-overflow: ellipsis;
  }
  .leads .text bdi {
    font-weight: 700;
  }
  .came {
    color: var(--fp-actual);
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
    background: color-mix(in srgb, var(--vscode-foreground) 42%, transparent);
  }
  .leads .fill {
    background: var(--fp-accent);
  }
  .amount {
    min-width: 48px;
    text-align: right;
    font-size: var(--fp-small);
  }
  .others {
    display: none;
    gap: 10px;
    min-width: 0;
    overflow: hidden;
    color: var(--fp-muted);
    font-size: var(--fp-small);
    white-space: nowrap;
  }
  .badge {
    padding: 0 4px;
    border-radius: 3px;
    background: var(--fp-accent);
    color: var(--fp-surface);
    font-size: 10px;
    line-height: 13px;
    font-weight: 600;
  }
  .more {
    grid-column: 1 / -1;
    margin: 2px 0 8px;
    padding: 4px 0 4px 10px;
    border-left: 2px solid var(--fp-border);
  }
  @container (max-width: 380px) {
    .text {
      max-width: 12ch;
    }
  }
  @container (max-width: 290px) {
    ol {
      grid-template-columns: max-content minmax(0, max-content) minmax(16px, 1fr) max-content;
      column-gap: 6px;
    }
    .text {
      max-width: 9ch;
    }
    .amount {
      min-width: 40px;
    }
    .badge {
      width: 6px;
      height: 6px;
      padding: 0;
      border-radius: 50%;
      overflow: hidden;
      text-indent: 100%;
    }
  }
  @container (min-width: 460px) {
    ol {
      grid-template-columns:
        max-content minmax(40px, max-content) minmax(40px, 1fr) max-content
        minmax(120px, 26ch);
    }
    .others {
      display: flex;
    }
  }
`;
