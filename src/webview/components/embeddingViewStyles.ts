import { css } from 'lit';

/** What the views of the section on embeddings share. */
export const embeddingViewStyles = css`
  :host {
    container-type: inline-size;
  }
  fp-segmented {
    container-type: normal;
    flex: none;
  }
  .inputs {
    margin: 8px 0 0;
  }
  .inputs.two {
    display: grid;
    grid-template-columns: minmax(0, 1fr) minmax(0, 1fr);
    gap: 8px;
  }
  .under {
    display: flex;
    gap: 12px;
    justify-content: space-between;
    min-height: 1.6em;
    margin-top: 3px;
    line-height: 1.6;
  }
  .read {
    min-width: 0;
    overflow: hidden;
    text-overflow: ellipsis;
    white-space: nowrap;
  }
  .under > :last-child {
    flex: none;
  }
  .pick {
    display: flex;
    flex-wrap: wrap;
    align-items: center;
    gap: 6px 12px;
    margin: 6px 0 8px;
    min-height: 24px;
  }
  .check {
    display: flex;
    align-items: center;
    gap: 6px;
    cursor: pointer;
  }
  .check input {
    margin: 0;
    accent-color: var(--fp-accent);
  }
  .waiting {
    opacity: 0.5;
  }
  .note {
    margin-top: 6px;
    line-height: 1.45;
  }
  .failed {
    margin: 6px 0;
  }
`;

/** What can be written where an expression is asked for. */
export const expressionHelp =
  'A word, or a sum such as king - man + woman or 2 king - 0.5*"queen". Text in quotes is taken as ' +
  "it is; digits are a token's id.";
