import { css } from 'lit';

/** The parts of a report below one another, and side by side where there is room. */
export const documentReportStyles = css`
  .parts {
    display: grid;
    grid-template-columns: minmax(0, 1fr);
    gap: 14px;
  }
  .left {
    display: grid;
    align-content: start;
    gap: 14px;
  }
  .pending {
    opacity: 0.6;
    transition: opacity 200ms 400ms;
  }
  h3 {
    margin: 0 0 5px;
    font-size: var(--fp-small);
    font-weight: 600;
    line-height: 1.4;
  }
  h3 .muted {
    font-weight: 400;
  }
  .order {
    display: flex;
    flex-wrap: wrap;
    align-items: center;
    justify-content: space-between;
    gap: 4px 12px;
    margin-bottom: 6px;
  }
  .order h3 {
    margin: 0;
  }
  .order fp-segmented {
    container-type: normal;
    flex: none;
  }
  .more {
    margin-top: 6px;
  }
  @container (min-width: 520px) {
    .shares {
      display: grid;
      grid-template-columns: minmax(0, 1fr) minmax(0, 1fr);
      gap: 14px 24px;
    }
  }
  @container (min-width: 820px) {
    .parts {
      grid-template-columns: minmax(0, 1fr) minmax(0, 1fr);
      gap: 24px;
      max-width: 1456px;
    }
  }
  .shares {
    display: grid;
    gap: 14px 24px;
  }
`;
