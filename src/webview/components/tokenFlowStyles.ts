import { css } from 'lit';

/** Each token is an item, with its bar below it, around the text, with its tint or border. */
export const tokenFlowStyles = css`
  .flow {
    font-family: var(--fp-mono);
    font-size: var(--fp-mono-size);
    line-height: 2;
    overflow-wrap: anywhere;
    cursor: default;
    direction: ltr;
  }
  .item {
    position: relative;
    unicode-bidi: isolate;
    border-radius: 3px;
    padding-bottom: 6px;
    scroll-margin: 40px;
    cursor: pointer;
    background: linear-gradient(var(--fp-attention), var(--fp-attention)) no-repeat bottom left /
      100% calc(var(--token-share) * 6px);
  }
  .text {
    padding: 1px 1px;
    border-radius: 2px;
    border: 1px solid transparent;
    box-decoration-break: clone;
    -webkit-box-decoration-break: clone;
    background: var(--tint, transparent) padding-box;
    color: var(--ink, inherit);
  }
  .hatched .none {
    background: padding-box
      repeating-linear-gradient(-45deg, var(--fp-hatch) 0 1px, transparent 1px 4px);
  }
  .bytes {
    font-size: 0.8em;
  }
  .special {
    font-size: 0.8em;
    font-style: italic;
  }
  .bordered .text {
    margin: 0 1px;
    background: none;
    color: inherit;
  }
  .bordered .l1 {
    border: 1px dotted;
  }
  .bordered .l2 {
    border: 1px dashed;
  }
  .bordered .l3 {
    border: 1px solid;
  }
  .bordered .l4 {
    border: 2px solid;
    padding: 0;
  }
  .item:hover .text {
    outline: 1px solid var(--fp-muted);
  }
  .item.pointed .text {
    outline: 1px dashed var(--vscode-foreground);
    outline-offset: 1px;
  }
  .item.current .text {
    outline: 2px solid var(--vscode-focusBorder);
    outline-offset: 0;
  }
  .item:focus-visible {
    outline: none !important;
  }
  .item:focus-visible .text {
    outline: 2px solid var(--vscode-focusBorder);
    outline-offset: 2px;
  }
`;
