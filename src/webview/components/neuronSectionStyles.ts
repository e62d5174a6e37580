import { css } from 'lit';

export const neuronSectionStyles = css`
  .pick {
    display: flex;
    flex-wrap: wrap;
    align-items: center;
    gap: 6px 12px;
    margin-bottom: 6px;
  }
  fp-segmented {
    container-type: normal;
    flex: none;
  }
  ol {
    list-style: none;
  }
  .waiting {
    opacity: 0.5;
  }
  .note {
    min-height: 1.45em;
    margin: 2px 0 4px;
    line-height: 1.45;
  }
  .failed {
    margin: 6px 0;
  }
  .foot {
    display: flex;
    flex-wrap: wrap;
    align-items: center;
    gap: 6px 14px;
    margin-top: 8px;
  }
  .foot label {
    display: flex;
    align-items: center;
    gap: 6px;
    color: var(--fp-muted);
  }
  input {
    width: 84px;
    height: 22px;
    padding: 0 5px;
    border: 1px solid var(--vscode-input-border, var(--vscode-contrastBorder, transparent));
    border-radius: 3px;
    background: var(--vscode-input-background);
    color: var(--vscode-input-foreground);
    font: inherit;
    font-family: var(--fp-mono);
  }
  .links {
    display: flex;
    gap: 12px;
    margin-left: auto;
  }
`;
