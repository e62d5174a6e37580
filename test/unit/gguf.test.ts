import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { Model } from '../../src/gpt/model';
import { openModelFiles } from '../../src/gpt/modelFiles';
import { UserError } from '../../src/protocol/userError';
import { asHuggingFace } from '../../src/weights/gguf/asHuggingFace';
import { readGgufModel } from '../../src/weights/gguf/parts';
import { readGguf } from '../../src/weights/gguf/readGguf';
import { vocabularyOf } from '../../src/weights/gguf/vocabulary';
import { ggufFile, type GgufEntry, type GgufTensor } from '../fixtures/ggufFile';

const folder = mkdtempSync(join(tmpdir(), 'forward-pass-gguf-'));
afterAll(() => rmSync(folder, { recursive: true }));
const path = join(folder, 'model.gguf');

const nEmbd = 4;
const names = ['<|end|>', 'a', 'b', 'ab', 'Ġ', 'Ġa'];

/** A GPT-2 of one layer; every weight is 0.5. */
const entries: GgufEntry[] = [
  ['general.architecture', 'string', 'gpt2'],
  ['gpt2.block_count', 'u32', 1],
  ['gpt2.context_length', 'u32', 8],
  ['gpt2.embedding_length', 'u32', nEmbd],
  ['gpt2.feed_forward_length', 'u32', 8],
  ['gpt2.attention.head_count', 'u32', 2],
  ['gpt2.attention.layer_norm_epsilon', 'f32', 1e-5],
  ['tokenizer.ggml.model', 'string', 'gpt2'],
  ['tokenizer.ggml.pre', 'string', 'gpt-2'],
  ['tokenizer.ggml.tokens', 'strings', names],
  ['tokenizer.ggml.token_type', 'i32s', [3, 1, 1, 1, 1, 1]],
  ['tokenizer.ggml.merges', 'strings', ['a b', 'Ġ a']],
  ['tokenizer.ggml.bos_token_id', 'u32', 0],
];

const tensors: GgufTensor[] = (
  [
    ['token_embd.weight', [names.length, nEmbd]],
    ['position_embd.weight', [8, nEmbd]],
    ['output_norm.weight', [nEmbd]],
    ['output_norm.bias', [nEmbd]],
    ['blk.0.attn_norm.weight', [nEmbd]],
    ['blk.0.attn_norm.bias', [nEmbd]],
    ['blk.0.attn_qkv.weight', [3 * nEmbd, nEmbd]],
    ['blk.0.attn_qkv.bias', [3 * nEmbd]],
    ['blk.0.attn_output.weight', [nEmbd, nEmbd]],
    ['blk.0.attn_output.bias', [nEmbd]],
    ['blk.0.ffn_norm.weight', [nEmbd]],
    ['blk.0.ffn_norm.bias', [nEmbd]],
    ['blk.0.ffn_up.weight', [8, nEmbd]],
    ['blk.0.ffn_up.bias', [8]],
    ['blk.0.ffn_down.weight', [nEmbd, 8]],
    ['blk.0.ffn_down.bias', [nEmbd]],
  ] as [string, number[]][]
).map(([name, shape]) => {
  const size = shape.reduce((product, dim) => product * dim, 1);
  return { name, shape, data: new Uint8Array(new Float32Array(size).fill(0.5).buffer) };
});

const good = ggufFile(entries, tensors);
const headerBytes = good.length - tensors.reduce((sum, { data }) => sum + padded(data.length), 0);

function padded(length: number): number {
  return Math.ceil(length / 32) * 32;
}

function changed(key: string, ...value: [GgufEntry[1], unknown] | []): Buffer {
  const others = entries.flatMap((entry): GgufEntry[] => {
    if (entry[0] !== key) return [entry];
    return value.length ? [[key, ...value] as GgufEntry] : [];
  });
  return ggufFile(others, tensors);
}

/** The file with a number of its header, found by what stands before it, changed. */
function patched(before: string | Buffer, skip: number, bytes: Buffer): Buffer {
  const file = Buffer.from(good);
  bytes.copy(file, file.indexOf(before) + Buffer.byteLength(before) + skip);
  return file;
}

function u64(value: bigint): Buffer {
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64LE(value);
  return bytes;
}

/** Everything that is read before the first graph is made. */
async function look(bytes: Uint8Array) {
  writeFileSync(path, bytes);
  const files = await openModelFiles(path);
  return { weights: await files.weights(), vocabulary: files.vocabulary!() };
}

describe('a GGUF file', () => {
  it('is read', async () => {
    writeFileSync(path, good);
    const file = await readGguf(path);
    expect(file.bytes).toBe(good.length);
    expect(file.tensors.size).toBe(tensors.length);
    expect(file.tensors.get('blk.0.ffn_up.weight')).toMatchObject({ dtype: 'F32', shape: [8, 4] });
    for (const { offset, bytes } of file.tensors.values()) {
      const stored = new Float32Array(
        Uint8Array.from(good.subarray(offset, offset + bytes)).buffer,
      );
      expect(stored.every((value) => value === 0.5)).toBe(true);
    }
    expect(file.metadata.get('gpt2.attention.layer_norm_epsilon')).toBeCloseTo(1e-5, 10);
    expect(file.metadata.get('tokenizer.ggml.tokens')).toEqual(names);
  });

  it('keeps a byte order mark at the front of a token', async () => {
    const tokens = [...names.slice(0, -1), '\ufeffx'];
    writeFileSync(path, changed('tokenizer.ggml.tokens', 'strings', tokens));
    expect((await readGguf(path)).metadata.get('tokenizer.ggml.tokens')).toEqual(tokens);
  });

  it.each<[string, () => Buffer, RegExp]>([
    ['nothing in it', () => Buffer.alloc(0), /does not begin with "GGUF"/],
    ['another format', () => Buffer.from('PK\x03\x04'.repeat(20)), /does not begin with "GGUF"/],
    ['version 1', () => patched('GGUF', 0, Buffer.from([1])), /version 1 of the format/],
    ['big-endian numbers', () => patched('GGUF', 0, Buffer.from([0, 0, 0, 3])), /big-endian/],
    [
      'a lying number of tensors',
      () => patched('GGUF', 4, u64(2n ** 62n)),
      /the number of tensors is 4611686018427387904/,
    ],
    [
      'more tensors than it has room for',
      () => patched('GGUF', 4, u64(1_000_000n)),
      /number of tensors is 1000000, more than the file has room for/,
    ],
    [
      'a lying number of entries',
      () => patched('GGUF', 12, u64(2n ** 40n)),
      /metadata entries is 1099511627776, more than/,
    ],
    [
      'a key that never ends',
      () => patched('GGUF', 20, u64(2n ** 50n)),
      /ends in the middle of its header/,
    ],
    [
      'a list that never ends',
      () => patched('tokenizer.ggml.tokens', 8, u64(2n ** 50n)),
      /the length of "tokenizer\.ggml\.tokens" is 1125899906842624, more than/,
    ],
    [
      'a list of lists',
      () => patched('tokenizer.ggml.tokens', 4, Buffer.from([9])),
      /array of arrays/,
    ],
    [
      'an unknown type',
      () => patched('tokenizer.ggml.model', 0, Buffer.from([99])),
      /unknown type 99/,
    ],
    [
      'an enormous size',
      () => patched('token_embd.weight', 4, u64(2n ** 40n)),
      /"token_embd\.weight" lies beyond its end/,
    ],
    [
      'sizes beyond counting',
      () => patched('token_embd.weight', 4, Buffer.concat([u64(2n ** 40n), u64(2n ** 40n)])),
      /"token_embd\.weight" has no valid shape/,
    ],
    [
      'nine dimensions',
      () => patched('token_embd.weight', 0, Buffer.from([9])),
      /"token_embd\.weight" has 9 dimensions/,
    ],
    [
      'an unknown type of a tensor',
      () => patched('token_embd.weight', 20, Buffer.from([77])),
      /"token_embd\.weight" has the unknown type 77/,
    ],
    [
      'rows that are no whole blocks',
      () => patched('token_embd.weight', 20, Buffer.from([2])),
      /rows of "token_embd\.weight" are not whole blocks of Q4_0/,
    ],
    [
      'a tensor at an odd place',
      () => patched('token_embd.weight', 24, u64(3n)),
      /does not begin at a multiple of 32/,
    ],
    [
      'overlapping tensors',
      () => patched('token_embd.weight', 24, u64(96n)),
      /"position_embd\.weight" and "token_embd\.weight" overlap|"token_embd\.weight" and/,
    ],
    [
      'a tensor beyond its end',
      () => patched('token_embd.weight', 24, u64(2n ** 40n)),
      /lies beyond its end, so it is incomplete/,
    ],
    ['its end cut off', () => good.subarray(0, good.length - 64), /lies beyond its end/],
    ['its header cut off', () => good.subarray(0, 200), /more than the file has room for/],
    [
      'an alignment of 0',
      () => ggufFile([...entries, ['general.alignment', 'u32', 0]], tensors),
      /alignment is 0/,
    ],
    ['a key twice', () => ggufFile([...entries, entries[0]!], tensors), /is there twice/],
    ['a tensor twice', () => ggufFile(entries, [...tensors, tensors[0]!]), /is there twice/],
    [
      'no architecture',
      () => changed('general.architecture'),
      /"general\.architecture" must be a text/,
    ],
    [
      'an unknown architecture',
      () => changed('general.architecture', 'string', 'mamba'),
      /architecture "mamba", which is not supported/,
    ],
    [
      'an architecture called like a method',
      () => changed('general.architecture', 'string', 'constructor'),
      /architecture "constructor"/,
    ],
    ['no layer count', () => changed('gpt2.block_count'), /"gpt2\.block_count" .* missing/],
    [
      'a text for a size',
      () => changed('gpt2.embedding_length', 'string', '4'),
      /"gpt2\.embedding_length" must be a number, but it is "4"/,
    ],
    [
      'half a size',
      () => changed('gpt2.embedding_length', 'f32', 4.5),
      /must be a whole number above 0, but it is 4\.5/,
    ],
    [
      'one file of several',
      () => ggufFile([...entries, ['split.count', 'u32', 3]], tensors),
      /"split\.no" is missing/,
    ],
    ['no embedding', () => ggufFile(entries, tensors.slice(1)), /lacks the tensor "token_embd/],
    [
      'a vocabulary of an unknown kind',
      () => changed('tokenizer.ggml.model', 'string', 'rwkv'),
      /vocabulary of the kind "rwkv"/,
    ],
    [
      'an unknown way of cutting',
      () => changed('tokenizer.ggml.pre', 'string', 'kimi-k2'),
      /cuts texts in the way "kimi-k2", which is not supported/,
    ],
    ['no tokens', () => changed('tokenizer.ggml.tokens'), /"tokenizer\.ggml\.tokens" .* missing/],
    [
      'fewer types than tokens',
      () => changed('tokenizer.ggml.token_type', 'i32s', [3, 1]),
      /has 6 tokens, but 2 token types/,
    ],
    ['no merges', () => changed('tokenizer.ggml.merges'), /"tokenizer\.ggml\.merges" .* missing/],
  ])('is refused in one sentence with %s', async (_, spoil, message) => {
    const bytes = spoil();
    const start = performance.now();
    const failure = await look(bytes).catch((error: unknown) => error);
    expect(performance.now() - start).toBeLessThan(500);
    expect(failure).toBeInstanceOf(UserError);
    expect((failure as UserError).message).toMatch(message);
    expect((failure as UserError).message).toMatch(/^model\.gguf [^\n]*\.$/);
  });

  it('with any byte of its header changed is a model or refused', async () => {
    const before = process.memoryUsage().rss;
    let refused = 0;
    for (let at = 0; at < headerBytes; at++) {
      for (const mask of [0x01, 0xff]) {
        const bytes = Buffer.from(good);
        bytes[at]! ^= mask;
        const failure = await look(bytes).then(
          () => null,
          (error: unknown) => error,
        );
        if (failure === null) continue;
        refused++;
        if (!(failure instanceof UserError)) {
          throw new Error(`byte ${at} ^ ${mask}`, { cause: failure });
        }
      }
    }
    expect(refused).toBeGreaterThan(headerBytes);
    expect(process.memoryUsage().rss - before).toBeLessThan(300 * 2 ** 20);
  });

  it('cut off anywhere is refused', async () => {
    for (let length = 0; length < headerBytes; length += 3) {
      await expect(look(good.subarray(0, length))).rejects.toBeInstanceOf(UserError);
    }
  });

  it('makes a model', async () => {
    writeFileSync(path, good);
    const model = await Model.load(path, 1);
    expect(model.description).toMatchObject({ name: 'model', dtype: 'F32', vocabSize: 6 });
    await model.release();
  });
});

describe('the vocabulary of a GGUF file', () => {
  it('has the form of a tokenizer.json', async () => {
    writeFileSync(path, good);
    const { json, config } = vocabularyOf(
      (await asHuggingFace(await readGgufModel(path))).metadata,
    );
    expect(json).toMatchObject({
      added_tokens: [{ id: 0, content: '<|end|>', special: true }],
      pre_tokenizer: { type: 'ByteLevel', use_regex: true },
      post_processor: null,
      model: {
        type: 'BPE',
        vocab: { '<|end|>': 0, a: 1, b: 2, ab: 3, Ġ: 4, Ġa: 5 },
        merges: [
          ['a', 'b'],
          ['Ġ', 'a'],
        ],
      },
    });
    expect(config).toEqual({ add_bos_token: false, bos_token: '<|end|>' });
  });
});
