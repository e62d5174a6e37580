import { inflateSync, deflateSync, crc32 as zlibCrc } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import type { Provenance } from '../../src/protocol/exports';
import { recordedPage } from '../../src/panel/recordedPage';
import { pngWithText } from '../../src/webview/export/pngText';
import { readRecording, writeRecording } from '../../src/webview/export/recording';
import { Replay } from '../../src/webview/export/replay';
import { sectionCsv, sectionJson } from '../../src/webview/export/text';
import type { PanelMessage } from '../../src/protocol/panel';
import { defaultChoices } from '../../src/webview/state/choices';
import { questionKey } from '../../src/webview/state/questionKey';

const provenance: Provenance = {
  tool: 'Forward Pass',
  version: '1.2.3',
  source: 'notes.md:1',
  text: 'one\ntwo "three"',
  model: {
    name: 'GPT-2',
    family: 'gpt2',
    parameters: 124439808,
    nLayer: 12,
    nHead: 12,
    nEmbd: 768,
    dtype: 'F32',
    sha256: 'ab'.repeat(32),
  },
  settings: { topK: 10, beginningOfText: false },
};

/** A reader of its own, by RFC 4180. */
function parseCsv(text: string): string[][] {
  const rows: string[][] = [[]];
  const cell = /("((?:[^"]|"")*)"|[^,\r\n]*)(,|\r\n|$)/gy;
  for (let match = cell.exec(text); match; match = cell.exec(text)) {
    rows.at(-1)!.push(match[2] === undefined ? match[1]! : match[2].replaceAll('""', '"'));
    if (match[3] === '') break;
    if (match[3] === '\r\n') rows.push([]);
  }
  return rows;
}

describe('text', () => {
  const cells = ['plain', 'a,b', '"quoted"', 'line\nbreak', ' space', '#hash', ''];
  const data = {
    name: 'x',
    columns: ['token', 'p'],
    rows: [...cells.map((cell, i) => [cell, i / 3]), ['missing', null]],
    json: { weights: Float32Array.of(0.5, 1), list: [1, null] },
  };

  it('is CSV that any reader reads, behind comments', () => {
    const lines = sectionCsv(data, provenance).split('\r\n');
    const comments = lines.filter((line) => line.startsWith('# '));
    expect(comments.join()).toContain(provenance.model.sha256);
    expect(comments.join()).toContain('1.2.3');
    expect(lines.slice(0, comments.length)).toEqual(comments);
    const table = parseCsv(lines.slice(comments.length).join('\r\n'));
    expect(table[0]).toEqual(['token', 'p']);
    expect(table.slice(1, -1).map(([cell]) => cell)).toEqual([...cells, 'missing']);
    expect(Number(table[2]![1])).toBe(1 / 3);
    expect(table.at(-2)).toEqual(['missing', '']);
  });

  it('is JSON with where it is from', () => {
    expect(JSON.parse(sectionJson(data, provenance))).toEqual({
      provenance,
      data: { weights: [0.5, 1], list: [1, null] },
    });
  });
});

describe('a picture', () => {
  /** One grey pixel, written with zlib's own checksums. */
  const chunk = (type: string, data: Buffer) => {
    const named = Buffer.concat([Buffer.from(type), data]);
    const length = Buffer.alloc(4);
    length.writeUInt32BE(data.length);
    const crc = Buffer.alloc(4);
    crc.writeUInt32BE(zlibCrc(named));
    return Buffer.concat([length, named, crc]);
  };
  const png = Buffer.concat([
    Buffer.from([0x89, 0x50, 0x4e, 0x47, 13, 10, 26, 10]),
    chunk('IHDR', Buffer.from([0, 0, 0, 1, 0, 0, 0, 1, 8, 0, 0, 0, 0])),
    chunk('IDAT', deflateSync(Buffer.from([0, 127]))),
    chunk('IEND', Buffer.alloc(0)),
  ]);

  it('carries text in chunks that are whole', () => {
    const text = 'model: GPT-2\n– ümlaut';
    const bytes = Buffer.from(pngWithText(png, { Description: text, Software: 'x' }));
    const chunks: [string, Buffer][] = [];
    for (let at = 8; at < bytes.length;) {
      const length = bytes.readUInt32BE(at);
      const named = bytes.subarray(at + 4, at + 8 + length);
      expect(bytes.readUInt32BE(at + 8 + length)).toBe(zlibCrc(named));
      chunks.push([named.toString('latin1', 0, 4), named.subarray(4)]);
      at += 12 + length;
    }
    expect(chunks.map(([type]) => type)).toEqual(['IHDR', 'iTXt', 'iTXt', 'IDAT', 'IEND']);
    expect(chunks[1]![1].toString('utf8')).toBe(`Description\0\0\0\0\0${text}`);
    expect([...inflateSync(chunks[3]![1])]).toEqual([0, 127]);
  });
});

describe('a page', () => {
  const run = { model: { folder: '/m', threads: 0 }, ids: [1, 2] };
  const recording = {
    provenance,
    state: { position: 1 } as never,
    choices: defaultChoices,
    answers: [
      { method: 'logits', key: questionKey({ run, position: 1 }), value: Float32Array.of(1.5, -2) },
      { method: 'vocabulary', key: questionKey({ model: run.model }), value: ['a', '</script>'] },
    ],
    theme: { style: '--vscode-foreground: #fff', className: 'vscode-dark' },
  };

  it('brings typed arrays back as they were', () => {
    const large = Uint8Array.from({ length: 40_000 }, (_, i) => i);
    const answers = [{ method: 'x', key: 'k', value: large }];
    expect(readRecording(writeRecording({ ...recording, answers })).answers[0]!.value).toEqual(
      large,
    );
    expect(readRecording(writeRecording(recording))).toEqual(recording);
  });

  it('holds the recording and the script, neither of which can end its element', () => {
    const script = 'const close = "</script>";';
    const html = recordedPage(script, writeRecording(recording));
    expect(html.match(/<\/script>/g)).toHaveLength(2);
    const data = /id="recording">(.*)<\/script>\n {4}<script/s.exec(html)![1]!;
    expect(readRecording(data)).toEqual(recording);
    expect(html).toContain("default-src 'none'");
  });

  it('answers what was recorded, and everything else with a sentence', async () => {
    const told: PanelMessage[] = [];
    const replay = new Replay(structuredClone(recording), (message) => told.push(message));
    replay.postMessage({ kind: 'request', id: 1, method: 'logits', params: { run, position: 1 } });
    replay.postMessage({ kind: 'request', id: 2, method: 'logits', params: { run, position: 0 } });
    replay.postMessage({
      kind: 'request',
      id: 3,
      method: 'select',
      params: { position: 0, reveal: false },
    });
    replay.postMessage({ kind: 'request', id: 4, method: 'ready', params: null });
    expect(told).toEqual([]);
    await Promise.resolve();
    expect(told).toEqual([
      { kind: 'result', id: 1, result: Float32Array.of(1.5, -2) },
      {
        kind: 'failure',
        id: 2,
        message: expect.stringContaining('inspect the text in VS Code') as string,
      },
      { kind: 'result', id: 3, result: null },
      { kind: 'result', id: 4, result: { position: 0 } },
    ]);
  });
});
