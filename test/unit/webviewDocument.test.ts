import { expect, it } from 'vitest';
import type { DocumentReport } from '../../src/protocol/documentReport';
import { documentStatus } from '../../src/webview/documentWords';

it('how a document is read is said in a sentence', () => {
  const status = (report: Partial<DocumentReport>) =>
    documentStatus({ fraction: 0.439, figures: { tokens: 9, predicted: 8 }, lines: 1, model: { name: 'M' }, ...report } as never); // prettier-ignore
  expect(status({ status: 'reading' })).toBe('Reading: 43%');
  expect(status({ status: 'reading', figures: null })).toBe('Cutting the text into tokens');
  expect(status({ status: 'stopped' })).toMatch(/^Stopped at 43%/);
  expect(status({ status: 'done' })).toBe('1 line, read by M');
  expect(status({ status: 'done', figures: { tokens: 0, predicted: 0 } as never })).toBe('There is no text.'); // prettier-ignore
});
