import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { GraphBuilder, type ExternalTensor } from '../../src/onnx/graphBuilder';
import { int64, Session } from '../../src/onnx/runtime';
import { blockFormats, type BlockDtype } from '../../src/weights/blockFormats';
import { readTensors } from './goldens';

/** Blocks of random bytes, and what the Python package `gguf` makes of them (gguf/dequantise.py). */
const golden = readTensors(join(import.meta.dirname, 'gguf', 'data', 'blocks.safetensors'));
const folder = mkdtempSync(join(tmpdir(), 'forward-pass-blocks-'));
afterAll(() => rmSync(folder, { recursive: true }));

/** The float32 numbers' bits, so that −0 is not 0. */
const bits = (values: Float32Array) => Array.from(new Uint32Array(values.slice().buffer));

describe.each(Object.keys(blockFormats) as BlockDtype[])('%s', (dtype) => {
  const stored = new Uint8Array(golden.get(`${dtype}.stored`)!.bytes);
  const { shape, bytes } = golden.get(`${dtype}.values`)!;
  const values = new Float32Array(bytes); // [rows, columns]
  const [rows, columns] = shape as [number, number];
  // The weights begin at a byte of the file that no dtype is aligned to.
  writeFileSync(join(folder, dtype), Buffer.concat([Buffer.alloc(33), stored]));
  const tensor: ExternalTensor = {
    name: 'w',
    dtype,
    shape: [rows, columns],
    fileName: dtype,
    offset: 33,
    bytes: stored.length,
  };
  const create = (g: GraphBuilder) =>
    Session.create(g.build(), { weightsFolder: folder, threads: 1 });

  it('is read bit by bit as ggml reads it', async () => {
    const g = new GraphBuilder('weight');
    g.output('w', g.op('Identity', [g.weight(tensor)]), 'F32', [rows, columns]);
    const { w } = await (await create(g)).run({}, ['w']);
    expect(w.dims).toEqual([rows, columns]);
    expect(bits(w.data as Float32Array)).toEqual(bits(values));
  });

  it('gives single rows, in any order', async () => {
    const g = new GraphBuilder('rows');
    g.output('rows', g.weightRows(tensor, g.input('ids', 'I64', ['n'])), 'F32', ['n', columns]);
    const session = await create(g);
    for (const ids of [[2, 0, 1, 2], [1], []]) {
      const result = await session.run({ ids: int64(ids) }, ['rows']);
      const expected = ids.flatMap((id) => bits(values.subarray(id * columns, (id + 1) * columns)));
      expect(result.rows.dims).toEqual([ids.length, columns]);
      expect(bits(result.rows.data as Float32Array)).toEqual(expected);
    }
  });

  it('is turned where the file holds the transpose', async () => {
    const turned: ExternalTensor = { ...tensor, shape: [columns, rows], transposed: true };
    const g = new GraphBuilder('transposed');
    g.output('w', g.weight(turned), 'F32', [columns, rows]);
    const some = g.weightRows(turned, g.input('ids', 'I64', ['n']));
    g.output('rows', some, 'F32', ['n', rows]);
    const result = await (await create(g)).run({ ids: int64([columns - 1]) }, ['w', 'rows']);
    const last = Float32Array.from({ length: rows }, (_, row) => values[(row + 1) * columns - 1]!);
    expect(bits(result.rows.data as Float32Array)).toEqual(bits(last));
    expect(bits((result.w.data as Float32Array).slice(-rows))).toEqual(bits(last));
  });
});
