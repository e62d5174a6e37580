import assert from 'node:assert/strict';
import { isDeepStrictEqual } from 'node:util';
import * as vscode from 'vscode';
import { inspectByCommandLine } from './commandLine';
import {
  closeEditors,
  configure,
  messagesDuring,
  openText,
  selectSurely,
  until,
} from './extension';
import { withLockedDocument } from './lockedFiles';
import { useTinyModel } from './tinyModel';

const prose = 'The quick brown fox 🦊 jumps over 月亮, 👩‍👩‍👧 and\tGrüße.\n\nUnbelievable:   it = 1;\n';
const texts = {
  prose: prose.repeat(8),
  code: 'def tide(moon, sun):\n\t"""Spring or neap?"""\n\treturn [m * s for m in moon]\n'.repeat(9),
  Chinese: '月亮绕着地球转，太阳照着它们。🌕🌖🌗\n'.repeat(12),
};

describe('Next and Previous Surprising Token', () => {
  const used = useTinyModel();
  /** The tokens as the command line lists them. */
  const listed = async (text: string) =>
    (await inspectByCommandLine(text, { model: used.model.folder, stride: 32 })).tokens;
  afterEach(() => configure('surprisingBits', undefined));

  const go = (direction: 'next' | 'previous') =>
    vscode.commands.executeCommand(`forwardPass.${direction}SurprisingToken`);
  const selected = ({ selection, document }: vscode.TextEditor) => [
    document.offsetAt(selection.start),
    document.offsetAt(selection.end),
  ];
  /** Selections reach an editor, and are reported back, a moment after a command is done. */
  const expectSelected = async (editor: vscode.TextEditor, place: number[] | undefined) => {
    await until(`${place?.join('–')} to be selected, not ${selected(editor).join('–')}`, () =>
      isDeepStrictEqual(selected(editor), place),
    );
  };

  /** Sets the limit so that about so many of the tokens are surprising; returns these. */
  async function limit(text: string, share: number) {
    const tokens = await listed(text);
    const bits = tokens.flatMap(({ logprob }) => (logprob === null ? [] : [-logprob / Math.LN2]));
    bits.sort((a, b) => b - a);
    // Between two values that are so far apart that no last digit decides.
    let at = Math.round(share * bits.length);
    while (bits[at - 1]! - bits[at]! < 1e-4) at++;
    const least = (bits[at]! + bits[at - 1]!) / 2;
    await configure('surprisingBits', least);
    return tokens.filter(({ logprob }) => logprob !== null && -logprob / Math.LN2 >= least);
  }

  /** Tokens that share a character, or the two halves of a line's end, once. */
  function places(tokens: { start: number; end: number }[], text: string): number[][] {
    const merged: number[][] = [];
    for (const token of tokens) {
      let { start, end } = token;
      if (text.slice(start - 1, start + 1) === '\r\n') start--;
      if (text.slice(end - 1, end + 1) === '\r\n') end++;
      const last = merged.at(-1);
      if (last && last[1]! > start) last[1] = Math.max(last[1]!, end);
      else merged.push([start, end]);
    }
    return merged;
  }

  for (const [name, lines] of Object.entries(texts)) {
    for (const eol of ['\n', '\r\n']) {
      const text = lines.replaceAll('\n', eol);
      it(`visit what the command line lists: ${name} with ${JSON.stringify(eol)}`, async () => {
        const expected = places(await limit(text, 0.15), text);
        assert.ok(expected.length > 5);
        const editor = await openText(text);
        if (eol === '\r\n') await editor.edit((edit) => edit.setEndOfLine(vscode.EndOfLine.CRLF));
        assert.equal(editor.document.getText(), text);
        await selectSurely(editor, 0, 0);
        // Nothing is read yet: the first call begins that, and waits for as much as it needs.
        for (const place of [...expected, expected[0]]) {
          await go('next');
          await expectSelected(editor, place);
        }
        for (const place of [...expected].reverse()) {
          await go('previous');
          await expectSelected(editor, place);
        }
      });
    }
  }

  it('begin at the cursor, and go backwards from it over the beginning', async () => {
    const text = texts.prose;
    const expected = places(await limit(text, 0.1), text);
    const editor = await openText(text);
    const middle = text.indexOf('brown', text.length / 2);
    await selectSurely(editor, middle, middle);
    await go('previous');
    await expectSelected(editor, expected.filter(([, end]) => end! <= middle).at(-1));
    await selectSurely(editor, 0, 0);
    await go('previous');
    await expectSelected(editor, expected.at(-1));
    await selectSurely(editor, middle, middle);
    await go('next');
    await expectSelected(
      editor,
      expected.find(([start]) => start! >= middle),
    );
  });

  it('keep step when the key is held down', async () => {
    const text = texts.prose;
    const expected = places(await limit(text, 0.15), text);
    const editor = await openText(text);
    await selectSurely(editor, 0, 0);
    await go('next');
    await until('all to be read', () => used.api.readings.of(editor.document)!.reading.complete);
    await Promise.all(Array.from({ length: 5 }, () => go('next')));
    await until('the sixth', () => selected(editor)[0] === expected[5]![0]);
    assert.match(used.api.surprising.said!, /, 6 of \d+$/);
  });

  it('say the token, its bits, its rank and which of how many it is', async () => {
    const text = texts.prose;
    const expected = await limit(text, 0.1);
    const editor = await openText(text);
    await selectSurely(editor, 0, 0);
    await go('next');
    await until('all to be read', () => used.api.readings.of(editor.document)!.reading.complete);
    await selectSurely(editor, 0, 0);
    await until('the cursor', () => used.api.surprising.said === null);
    await go('next');
    const { logprob, rank } = expected[0]!;
    const said = new RegExp(
      `^token “.+”, ${(-logprob! / Math.LN2).toFixed(1)} bits, rank ${rank!.toLocaleString('en-US')}, 1 of ${places(expected, text).length}$`,
    );
    assert.match(used.api.surprising.said!, said);
    await selectSurely(editor, 1, 1);
    await until('it to be gone', () => used.api.surprising.said === null);
  });

  it('show what was expected there in the hover, also without highlights', async () => {
    const text = texts.code;
    const [first] = places(await limit(text, 0.1), text);
    const editor = await openText(text);
    await selectSurely(editor, 0, 0);
    await go('next');
    const hovers = await vscode.commands.executeCommand<vscode.Hover[]>(
      'vscode.executeHoverProvider',
      editor.document.uri,
      editor.document.positionAt(first![0]!),
    );
    const said = hovers.flatMap(({ contents }) => contents as vscode.MarkdownString[]);
    assert.deepEqual(said.map(({ value }) => /^\*\*([^*]+)\*\*/.exec(value)?.[1]).filter(Boolean), [
      'This token',
    ]);
  });

  it('say so where no token is so surprising, and stay', async () => {
    await configure('surprisingBits', 30);
    const editor = await openText('The quick brown fox');
    await selectSurely(editor, 4, 9);
    for (const direction of ['next', 'previous'] as const) {
      await go(direction);
      assert.match(used.api.surprising.said!, /^No token here is surprising from 30 bits on/);
      await expectSelected(editor, [4, 9]);
    }
    await openText('');
    await go('next');
    assert.match(used.api.surprising.said!, /^No token here/);
  });

  it('say what is wrong: no text, a setting, a model', async () => {
    await closeEditors();
    assert.match((await messagesDuring(() => go('next')))[0]!, /^Open a text first/);
    await openText('The quick brown fox');
    await configure('surprisingBits', 'many');
    assert.match((await messagesDuring(() => go('next')))[0]!, /forwardPass\.surprisingBits/);
    await configure('surprisingBits', 0);
    await configure('model', '/nowhere/at/all');
    try {
      assert.match((await messagesDuring(() => go('next')))[0]!, /nowhere/);
    } finally {
      await configure('model', used.model.folder);
    }
    await go('next');
    assert.match(used.api.surprising.said!, /^token/);
  });

  describe('while the text is read slowly', () => {
    let release: () => void;
    let restore: () => void;
    beforeEach(() => {
      const { engine } = used.api;
      const original = engine.request.bind(engine);
      const gate = new Promise<void>((resolve) => (release = resolve));
      engine.request = async (...request) => {
        if (request[0] === 'readWindow') await gate;
        return original(...request);
      };
      restore = () => (engine.request = original);
    });
    afterEach(() => {
      release();
      restore();
    });

    it('wait, and go nowhere once the cursor was moved', async () => {
      await configure('surprisingBits', 0);
      const editor = await openText(texts.prose);
      await selectSurely(editor, 0, 0);
      const work = go('next');
      await new Promise((resolve) => setTimeout(resolve, 500));
      await expectSelected(editor, [0, 0]);
      await selectSurely(editor, 7, 7);
      await work;
      release();
      const { reading } = used.api.readings.of(editor.document)!;
      await until('all to be read', () => reading.complete);
      await expectSelected(editor, [7, 7]);
    });

    it('do what was asked for last', async () => {
      const expected = places(await limit(texts.prose, 0.1), texts.prose);
      const editor = await openText(texts.prose);
      const middle = texts.prose.length / 2;
      await selectSurely(editor, middle, middle);
      const first = go('next');
      const second = go('previous');
      await first;
      release();
      await second;
      await expectSelected(editor, expected.filter(([, end]) => end! <= middle).at(-1));
    });

    it('end when the document is closed', async () => {
      await configure('surprisingBits', 0);
      const editor = await openText(texts.prose);
      const work = go('next');
      await vscode.commands.executeCommand('workbench.action.revertAndCloseActiveEditor');
      await work;
      await until('the reading to be let go', () => !used.api.readings.of(editor.document));
    });
  });

  it('move one of two editors on a document, and work where nothing can be written', async () => {
    const text = texts.code;
    const expected = places(await limit(text, 0.1), text);
    await withLockedDocument(text, async (first) => {
      await selectSurely(first, 0, 0);
      const second = await vscode.window.showTextDocument(first.document, vscode.ViewColumn.Two);
      await selectSurely(second, 0, 0);
      await go('next');
      await go('next');
      await expectSelected(second, expected[1]);
      await expectSelected(first, [0, 0]);
      assert.equal(first.document.isDirty, false);
    });
  });
});
