import { describe, expect, it } from 'vitest';
import { tokenHoverMarkdown, type HoveredToken } from '../../src/editor/reading/tokenHoverMarkdown';
import { link } from '../../src/editor/reading/tokenLinks';
import { TokenTexts, writableText } from '../../src/editor/reading/tokenTexts';
import type { EngineConnection } from '../../src/protocol/engine';

const place = { uri: 'file:///notes.md', offset: 4 };
const replacement = (by: string) => ({
  uri: 'file:///notes.md',
  start: 4,
  end: 8,
  text: ' fox',
  by,
});
const fox: HoveredToken = {
  id: 21831,
  text: ' fox',
  expected: { logprob: Math.log(1 / 4096), rank: 1204, entropy: 5 * Math.LN2 },
  likeliest: [
    { id: 1, text: ' dog', logprob: Math.log(0.5), replacement: replacement(' dog') },
    {
      id: 2,
      text: '\\xE2\\x80',
      logprob: Math.log(0.25),
      replacement: null,
      why: 'part of a character',
    },
    { id: 3, text: '<|endoftext|>', logprob: Math.log(0.125), replacement: null, why: 'special' },
  ],
};

/** The links of a Markdown text: command, argument and title. */
function links(markdown: string) {
  return [...markdown.matchAll(/\]\(command:([\w.]+)\?([^ )]+)(?: "([^"]*)")?\)/g)].map(
    (found) => ({
      command: found[1],
      arguments: JSON.parse(decodeURIComponent(found[2]!)) as unknown[],
      title: found[3],
    }),
  );
}

describe('the hover on a token', () => {
  it('says what it was, how likely, its rank and its bits', () => {
    const text = tokenHoverMarkdown([fox], place);
    expect(text).toContain('<code>·fox</code> 0.0244% · rank 1,204 · 12.0 bits · id 21831');
    expect(text).toContain('entropy 5.0 bits');
  });

  it('links what can stand in its place to the command that puts it there', () => {
    const [panel, ...others] = links(tokenHoverMarkdown([fox], place));
    expect(panel).toMatchObject({ command: 'forwardPass.inspectAt', arguments: [place] });
    expect(others).toEqual([
      {
        command: 'forwardPass.replaceToken',
        arguments: [replacement(' dog')],
        title: 'Replace ·fox by ·dog',
      },
    ]);
  });

  it('shows what cannot stand there without a link, and why', () => {
    const text = tokenHoverMarkdown([fox], place);
    expect(text).toMatch(/\| <code>&#92;xE2&#92;x80<.code> part of a character \|/);
    expect(text).toMatch(/endoftext&#124;&#62;<.code> special \|/);
  });

  it('marks the token itself where it is one of the likeliest', () => {
    const chosen = { ...fox, likeliest: [{ ...fox.likeliest[0]!, id: fox.id, text: fox.text }] };
    const text = tokenHoverMarkdown([chosen], place);
    expect(text).toContain('| **<code>·fox</code>** |');
    expect(links(text)).toHaveLength(1);
  });

  it('says that nothing could expect the first token', () => {
    const text = tokenHoverMarkdown([{ ...fox, expected: null, likeliest: [] }], place);
    expect(text).toContain('the first, so nothing could expect it');
    expect(text).not.toContain('|');
  });

  it('names each of several tokens of one character, without links to replace them', () => {
    const parts = [
      { ...fox, id: 8582, text: ' \\xF0\\x9F' },
      { ...fox, id: 234, text: '\\x8C\\x95' },
    ];
    const text = tokenHoverMarkdown(parts, place);
    expect(text).toContain('**2 tokens** make up this character');
    expect(text).toContain('id 8582');
    expect(text).toContain('id 234');
    expect(text.match(/Expected instead: <code>·dog<.code> 50%/g)).toHaveLength(2);
    expect(links(text).map(({ command }) => command)).toEqual(['forwardPass.inspectAt']);
  });

  it('lets nothing of a document or a model become markup', () => {
    const evil = '") | </code><img src=x> [x](command:evil) **b** $(bug) &lt; http://a.b\n';
    const likeliest = [{ id: 1, text: evil, logprob: 0, replacement: replacement(evil) }];
    const text = tokenHoverMarkdown([{ ...fox, text: evil, likeliest }], place);
    expect(text).not.toMatch(/<img|\]\(command:evil|\*\*b|\$\(bug|&lt; |http:/);
    expect(links(text)[1]!.arguments).toEqual([replacement(evil)]);
    expect(text.split('\n').filter((line) => line.startsWith('|'))).toHaveLength(3);
  });
});

describe('a command link', () => {
  it('hands over every character', () => {
    const by = '\r\n\t(a) [b] \'c\' "d" *e* ~f~ _g_ | < > \\ 漢 👩‍👩‍👧 %20 \ud83d';
    const address = link('forwardPass.replaceToken', replacement(by));
    expect(address).not.toMatch(/[\s()[\]'"*~_|<>\\]/);
    const json = decodeURIComponent(address.slice(address.indexOf('?') + 1));
    expect(JSON.parse(json)).toEqual([replacement(by)]);
  });
});

describe('texts of tokens', () => {
  it('can be written where they are whole characters', () => {
    const token = (text: string, bytes: number[]) => ({ id: 1, text, bytes, special: false });
    expect(writableText(token(' fox', [...Buffer.from(' fox')]))).toBe(' fox');
    expect(writableText(token('月\r\n', [...Buffer.from('月\r\n')]))).toBe('月\r\n');
    expect(writableText(token('\ufeff', [0xef, 0xbb, 0xbf]))).toBe('\ufeff');
    expect(writableText(token('\\xF0\\x9F', [0xf0, 0x9f]))).toBeNull();
    expect(writableText(token('', []))).toBeNull();
  });

  it('are asked for once, and again for another model', async () => {
    const asked: number[][] = [];
    const engine = {
      request: (_: string, { ids }: { ids: number[] }) => {
        asked.push(ids);
        return Promise.resolve(
          ids.map((id) => ({ id, text: `t${id}`, bytes: [], special: false })),
        );
      },
    } as unknown as EngineConnection;
    const texts = new TokenTexts(engine);
    const { signal } = new AbortController();
    const of = async (folder: string, ids: number[]) =>
      (await texts.of({ folder, threads: 0 }, ids, signal)).map(({ text }) => text);
    expect(await of('/a', [1, 2, 1])).toEqual(['t1', 't2', 't1']);
    expect(await of('/a', [2, 3])).toEqual(['t2', 't3']);
    expect(await of('/a', [3, 1])).toEqual(['t3', 't1']);
    expect(await of('/b', [1])).toEqual(['t1']);
    expect(asked).toEqual([[1, 2], [3], [1]]);
  });
});
