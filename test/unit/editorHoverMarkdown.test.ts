import { describe, expect, it } from 'vitest';
import { hoverMarkdown } from '../../src/editor/hoverMarkdown';
import { bar, literal } from '../../src/editor/hoverPieces';
import { inspectionOf } from './editorSamples';

describe('hoverMarkdown', () => {
  const inspection = inspectionOf(['The', ' fox', ' jumps'], {
    next: [
      [' over', 0.5],
      [' up', 0.25],
      ['.', 0.125],
      ['|', 0.05],
      ['\n', 0.02],
      [' sixth', 0.01],
    ],
  });
  const [first, fox] = inspection.tokens;

  it('shows the five most likely next tokens with bars and percentages', () => {
    const text = hoverMarkdown(inspection, null);
    expect(text).toContain('<code>·over</code>');
    expect(text).toContain('50%');
    expect(text).toContain('<code>⏎</code>');
    expect(text).not.toContain('sixth');
    expect(text).not.toContain('This token');
    expect(text).toContain('(command:forwardPass.inspectSelection)');
  });

  it('says what the token under the pointer was expected to be', () => {
    const text = hoverMarkdown(inspection, fox!);
    expect(text).toContain(`<code>·fox</code> 12.5% · rank 3 · 3.0 bits · id ${fox!.id}`);
    expect(text).toContain('Expected instead:');
    expect(text).toContain('<code>·expected0</code>');
  });

  it('says when a token was the first choice, and what else could have come', () => {
    const [, , jumps] = inspection.tokens;
    const chosen = { ...jumps!, rank: 1, id: 7 };
    expect(hoverMarkdown(inspection, chosen)).not.toMatch(/otherwise|Expected instead/);
    fox!.top.push({ id: 8, text: ' leaps', logprob: Math.log(0.1) });
    expect(hoverMarkdown(inspection, chosen)).toMatch(
      /As expected; otherwise <code>·leaps<.code> 10%$/,
    );
    fox!.top.pop();
  });

  it('says that nothing could expect the first token', () => {
    expect(hoverMarkdown(inspection, first!)).toContain('the first, so nothing');
  });

  it('says how much was left out', () => {
    const truncated = { ...inspection, truncated: { tokens: 1234, characters: 5000 } };
    expect(hoverMarkdown(truncated, null)).toContain('the first 1,234 left out');
  });

  it('lets nothing of a document or a model become markup', () => {
    const evil =
      '|</code><img src=x onerror=alert(1)> [x](command:evil) **b** $(bug) &lt; http://a.b';
    const text = hoverMarkdown(inspectionOf(['a', evil], { next: [[evil, 1]] }), null);
    expect(text).not.toMatch(/<img|\]\(command:evil|\*\*b|\$\(bug|&lt; |http:/);
  });
});

describe('literal', () => {
  it('keeps letters and digits, and spells out every mark', () => {
    expect(literal('aé1漢😀')).toBe('aé1漢😀');
    expect(literal('<a|b>')).toBe('&#60;a&#124;b&#62;');
    expect(literal('\n_*`\\')).toBe('&#10;&#95;&#42;&#96;&#92;');
  });
});

describe('bar', () => {
  const cells = (probability: number) => /;">([^&<]*)/.exec(bar(probability))?.[1];

  it('is as long as the probability says, and never invisible', () => {
    expect(cells(1)).toBe('█'.repeat(16));
    expect(cells(0.5)).toBe('█'.repeat(8));
    expect(cells(1 / 32)).toBe('▌');
    expect(cells(0)).toBe('▏');
    expect(cells(Number.NaN)).toBe('▏');
  });

  it('always takes the same room', () => {
    for (const probability of [0, 0.01, 0.3, 0.77, 1]) {
      const blanks = bar(probability).split('&nbsp;').length - 1;
      expect(cells(probability)!.length + blanks).toBe(16);
    }
  });
});
