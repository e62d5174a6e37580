import { html, type TemplateResult } from 'lit';

/** The few codicons (@vscode/codicons, CC BY 4.0) that the panel needs, as paths on 16 × 16. */
const paths = {
  chevronRight:
    'M6.146 3.146a.5.5 0 0 0 0 .707l4.146 4.146-4.146 4.146a.5.5 0 0 0 .707.707l4.5-4.5a.5.5 0 0 0 0-.707l-4.5-4.5a.5.5 0 0 0-.707 0Z',
  chevronLeft:
    'm9.146 3.146-4.5 4.5a.5.5 0 0 0 0 .707l4.5 4.5a.5.5 0 0 0 .707-.707L5.707 8l4.146-4.146a.5.5 0 0 0-.707-.707Z',
  error:
    'M8 1C4.14 1 1 4.14 1 8s3.14 7 7 7 7-3.14 7-7-3.14-7-7-7Zm0 13c-3.309 0-6-2.691-6-6s2.691-6 6-6 6 2.691 6 6-2.691 6-6 6Zm2.854-8.146L8.708 8l2.146 2.146a.5.5 0 0 1-.708.707L8 8.707l-2.146 2.146a.498.498 0 0 1-.708 0 .5.5 0 0 1 0-.707L7.292 8 5.146 5.854a.5.5 0 0 1 .707-.707l2.146 2.146 2.146-2.146a.5.5 0 0 1 .707.707h.002Z',
  add: 'M8 1.5a.5.5 0 0 0-1 0V7H1.5a.5.5 0 0 0 0 1H7v5.5a.5.5 0 0 0 1 0V8h5.5a.5.5 0 0 0 0-1H8V1.5Z',
  remove: 'M1 7.5a.5.5 0 0 1 .5-.5h12a.5.5 0 0 1 0 1h-12a.5.5 0 0 1-.5-.5Z',
  discard:
    'M3.001 2.5a.5.5 0 1 1 1 0v3.843l3.171-3.171a4 4 0 0 1 5.657 5.656l-5.025 5.026a.5.5 0 0 1-.707-.708l5.025-5.025A3 3 0 0 0 7.879 3.88L4.758 7H8.5a.5.5 0 0 1 0 1h-4.9a.6.6 0 0 1-.6-.6V2.5Z',
  info: 'M8.499 7.5a.5.5 0 1 0-1 0v3a.5.5 0 0 0 1 0v-3Zm.25-2a.749.749 0 1 1-1.499 0 .749.749 0 0 1 1.498 0ZM8 1a7 7 0 1 0 0 14A7 7 0 0 0 8 1ZM2 8a6 6 0 1 1 12 0A6 6 0 0 1 2 8Z',
};

/** A 16-pixel icon in the colour of the text around it; for the eye only. */
export function icon(name: keyof typeof paths): TemplateResult {
  return html`<svg
    class="icon"
    width="16"
    height="16"
    viewBox="0 0 16 16"
    fill="currentColor"
    aria-hidden="true"
  >
    <path d=${paths[name]}></path>
  </svg>`;
}
