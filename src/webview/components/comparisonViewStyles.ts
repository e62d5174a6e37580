import { css } from 'lit';

/** Figures, both texts on paper, what the colours mean. */
export const comparisonViewStyles = css`
  dl {
    display: flex;
    flex-wrap: wrap;
    gap: 6px 24px;
    margin: 14px 0 10px;
  }
  dl > div {
    display: flex;
    flex-direction: column;
  }
  dt {
    order: 2;
    font-size: var(--fp-small);
    color: var(--fp-muted);
  }
  dl .number {
    text-align: left;
    font-size: 1.15em;
    line-height: 1.25;
  }
  h3 {
    margin: 8px 0 3px;
    font-size: var(--fp-small);
    font-weight: 600;
    color: var(--fp-muted);
    overflow-wrap: anywhere;
  }
  h3 b {
    color: var(--vscode-foreground);
  }
  .paper {
    padding: 2px 10px 4px;
    max-height: 260px;
    overflow-y: auto;
    border: 1px solid var(--fp-border);
    border-radius: 5px;
    background: var(--vscode-editor-background);
    color: var(--vscode-editor-foreground);
  }
  .legend {
    display: flex;
    flex-wrap: wrap;
    gap: 4px 20px;
    margin: 8px 0 6px;
  }
  fp-scale-legend {
    flex: 1 1 230px;
    max-width: 360px;
  }
  .only {
    display: flex;
    gap: 6px;
    align-items: center;
    height: 11px;
    color: var(--fp-muted);
  }
  .only i {
    width: 14px;
    height: 10px;
    background: repeating-linear-gradient(-45deg, var(--fp-hatch) 0 1px, transparent 1px 4px);
  }
  .readout {
    min-height: 2.9em;
    line-height: 1.45;
  }
  .number {
    text-align: right;
  }
`;
