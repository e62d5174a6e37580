import { css } from 'lit';

/** The changes, what the changed model says, and what they did along the text. */
export const whatIfSectionStyles = css`
  .changes {
    display: flex;
    align-items: flex-start;
    gap: 8px;
    margin-top: 10px;
  }
  fp-edit-list {
    flex: 1;
  }
  .changes .link {
    line-height: 24px;
  }
  .note {
    margin: 8px 0;
    padding-left: 8px;
    border-left: 2px solid var(--fp-changed);
    line-height: 1.45;
  }
  .waiting {
    opacity: 0.5;
  }
  .hint {
    margin-top: 10px;
    line-height: 1.45;
  }
  .movers {
    display: grid;
    grid-template-columns: repeat(auto-fit, minmax(min(170px, 100%), 1fr));
    gap: 6px 20px;
    margin-top: 10px;
  }
  h3 {
    margin: 0 0 2px;
    font-size: var(--fp-small);
    font-weight: 600;
  }
  .movers li {
    display: grid;
    grid-template-columns: minmax(0, 1fr) max-content;
    gap: 8px;
    align-items: baseline;
    line-height: 1.5;
    font-size: var(--fp-small);
  }
  .movers ol {
    list-style: none;
  }
  .movers bdi {
    overflow: hidden;
    text-overflow: ellipsis;
  }
  .along {
    margin-top: 12px;
  }
`;
