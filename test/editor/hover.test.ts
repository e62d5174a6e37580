import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { HOVER_CHARACTERS } from '../../src/editor/hover';
import { configure, openText, select } from './extension';
import { useTinyModel } from './tinyModel';

describe('The hover', () => {
  const used = useTinyModel();

  /** What our hover says at an offset; undefined where there is none. */
  async function hoverAt(editor: vscode.TextEditor, offset: number) {
    const hovers = await vscode.commands.executeCommand<vscode.Hover[]>(
      'vscode.executeHoverProvider',
      editor.document.uri,
      editor.document.positionAt(offset),
    );
    for (const hover of hovers) {
      for (const part of hover.contents as vscode.MarkdownString[]) {
        if (/After the selection|Forward Pass/.test(part.value))
          return { value: part.value, hover };
      }
    }
    return undefined;
  }

  it('shows what follows the selection, and the token under the pointer', async () => {
    const editor = await openText('The quick brown fox jumps over');
    select(editor, 4, 19);
    const hover = await hoverAt(editor, 12);
    assert.ok(hover);
    assert.match(hover.value, /After the selection/);
    assert.equal(hover.value.match(/█|▏|▎|▍|▌|▋|▊|▉/g)!.length >= 5, true, 'five bars');
    assert.match(hover.value, /This token.*·brown.*id 7586/);
    assert.match(hover.value, /rank [\d,]+ · [\d.]+ bits/);
    assert.match(hover.value, /Expected instead/);
    assert.deepEqual(hover.hover.range, new vscode.Range(0, 4, 0, 19));
    assert.equal(used.api.session.state.busy, null);
  });

  it('says nothing outside a selection', async () => {
    const editor = await openText('The quick brown fox jumps over');
    select(editor, 4, 19);
    assert.equal(await hoverAt(editor, 25), undefined);
    select(editor, 12, 12);
    assert.equal(await hoverAt(editor, 12), undefined);
  });

  it('can be switched off', async () => {
    const editor = await openText('The quick brown fox');
    select(editor);
    await configure('hover', false);
    try {
      assert.equal(await hoverAt(editor, 6), undefined);
    } finally {
      await configure('hover', undefined);
    }
    assert.ok(await hoverAt(editor, 6));
  });

  it('points at the command for a selection that would take long', async () => {
    const editor = await openText('word '.repeat(HOVER_CHARACTERS / 5 + 1));
    select(editor);
    const hover = await hoverAt(editor, 6);
    assert.match(hover!.value, /50,000 characters/);
    assert.match(hover!.value, /command:forwardPass\.inspectSelection/);
  });

  it('asks the engine once while the pointer moves within a selection', async () => {
    const editor = await openText('The quick brown fox, once more');
    select(editor);
    let requests = 0;
    const { engine } = used.api;
    const original = engine.request.bind(engine);
    engine.request = (...request) => {
      requests += 1;
      return original(...request);
    };
    try {
      for (const offset of [1, 6, 12, 18, 25]) assert.ok(await hoverAt(editor, offset));
    } finally {
      engine.request = original;
    }
    assert.equal(requests, 1);
  });

  it('says in a sentence why there is no prediction', async () => {
    await configure('model', '/nowhere/at/all');
    try {
      const editor = await openText('The quick brown fox');
      select(editor);
      const hover = await hoverAt(editor, 6);
      assert.match(hover!.value, /nowhere/);
    } finally {
      await configure('model', used.model.folder);
    }
  });
});
