import { describe, expect, it } from 'vitest';
import { memoryQuestion, modelItem, shortPath } from '../../src/editor/models/modelItem';
import { ConfigReader } from '../../src/gpt/configReader';
import { describeConfig } from '../../src/gpt/describeConfig';
import { formatBytes, formatParameters, formatTimeLeft } from '../../src/models/amounts';
import { progressText } from '../../src/models/download/progressText';
import { Rate } from '../../src/models/download/rate';
import { parseEndpoint } from '../../src/models/download/endpoint';
import { parseRepositoryId } from '../../src/models/download/repositoryId';
import type { LibraryEntry } from '../../src/models/library/libraryEntry';
import { estimateMemory, memoryVerdict, shouldMapWeights } from '../../src/models/memory';
import { gpt2Small } from '../fixtures/randomCheckpoint';

const small = describeConfig(ConfigReader.of(gpt2Small), 'gpt2');
const gigabytes = (n: number) => n * 1e9;

describe('the estimate of memory', () => {
  it('is above what was measured for GPT-2 124M, and not far above', () => {
    // Private memory of the process after a pass at full context, in MiB, the most of several runs.
    const measured = { packed: 664, mapped: 193 };
    const mebibytes = (bytes: number) => bytes / 2 ** 20;
    for (const dtype of ['F32', 'F16', 'BF16']) {
      const { bytes, mappedBytes } = estimateMemory(small, dtype);
      expect(mebibytes(bytes)).toBeGreaterThan(measured.packed);
      expect(mebibytes(bytes)).toBeLessThan(1.25 * measured.packed);
      if (dtype !== 'F32') expect(mappedBytes).toBe(bytes);
    }
    const { mappedBytes } = estimateMemory(small, 'F32');
    expect(mebibytes(mappedBytes)).toBeGreaterThan(measured.mapped);
    expect(mebibytes(mappedBytes)).toBeLessThan(1.6 * measured.mapped);
  });

  it('is a verdict about this machine', () => {
    const needed = { bytes: gigabytes(4), mappedBytes: gigabytes(1) };
    const verdict = (free: number, total: number) =>
      memoryVerdict(needed, { free: gigabytes(free), total: gigabytes(total) });
    expect(verdict(5, 8)).toBe('fits');
    expect(verdict(3, 8)).toBe('mapped');
    expect(verdict(0.5, 8)).toBe('crowded');
    expect(verdict(0.5, 1)).toBe('tooLarge');
    const inHalves = { bytes: gigabytes(4), mappedBytes: gigabytes(4) };
    expect(memoryVerdict(inHalves, { free: gigabytes(3), total: gigabytes(8) })).toBe('crowded');
  });

  it('leaves the weights in their file where they would crowd out everything else', () => {
    const needed = { bytes: gigabytes(4), mappedBytes: gigabytes(1) };
    const maps = (free: number, held = 0) =>
      shouldMapWeights('auto', needed, { free: gigabytes(free), total: gigabytes(16) }, held);
    expect([maps(16), maps(6), maps(6, gigabytes(3)), maps(4, gigabytes(9))]).toEqual([false, true, false, true]); // prettier-ignore
    const free = { free: gigabytes(16), total: gigabytes(16) };
    expect(shouldMapWeights('always', needed, free)).toBe(true);
    expect(shouldMapWeights('never', needed, { ...free, free: 1 })).toBe(false);
    expect(shouldMapWeights('auto', { bytes: 9, mappedBytes: 9 }, { ...free, free: 1 })).toBe(
      false,
    );
  });
});

describe('an entry of the list', () => {
  const entry: LibraryEntry = {
    name: 'openai-community/gpt2',
    origin: 'huggingFace',
    path: '/home/me/x',
    revision: null,
    format: 'safetensors',
    family: 'gpt2',
    parameters: 124_439_808,
    dtype: 'F32',
    bytes: 548_105_171,
    nCtx: 1024,
    memory: { bytes: gigabytes(0.82), mappedBytes: gigabytes(0.3) },
    unsupported: null,
  };
  const memory = { free: gigabytes(8), total: gigabytes(16) };

  it('says what it is, and what it takes', () => {
    expect(modelItem(entry, memory, false)).toEqual({
      label: '$(database) openai-community/gpt2',
      description: 'gpt2 · 124M · F32 · 1,024 tokens',
      detail: '548 MB on disk · about 820 MB in memory',
    });
    expect(modelItem(entry, memory, true)).toMatchObject({
      label: '$(check) openai-community/gpt2',
      description: 'gpt2 · 124M · F32 · 1,024 tokens · in use',
    });
  });

  it('says why it cannot be used', () => {
    const unsupported = 'It is not complete: model.safetensors is missing.';
    const item = modelItem({ ...entry, unsupported }, memory, false);
    expect([item.label, item.detail]).toEqual(['$(circle-slash) openai-community/gpt2', unsupported]); // prettier-ignore
  });

  it('shows a name that looks like an icon as it is', () => {
    expect(modelItem({ ...entry, name: '$(trash)' }, memory, false).label).not.toMatch(/\$\(trash/); // prettier-ignore
  });

  it('is asked about where it does not fit', () => {
    const ask = (free: number, total: number) =>
      memoryQuestion('X', { bytes: gigabytes(7), mappedBytes: gigabytes(7) }, { free: gigabytes(free), total: gigabytes(total) })?.message; // prettier-ignore
    expect(ask(8, 16)).toBeUndefined();
    expect(ask(2, 16)).toBe('X needs about 7 GB of memory, and 2 GB are free.');
    expect(ask(2, 4)).toBe('X needs about 7 GB of memory, and this machine has 4 GB.');
    expect(memoryQuestion('X', null, memory)).toBeNull();
  });

  it('has its path shortened', () => {
    expect(shortPath('/home/me/a/b', '/home/me')).toBe('~/a/b');
    expect(shortPath('/home/mean/a', '/home/me')).toBe('/home/mean/a');
  });
});

describe('amounts', () => {
  it.each([
    [999, '999 B'],
    [1500, '1.5 kB'],
    [548_105_171, '548 MB'],
    [999_600_000, '1 GB'],
    [6_431_829_964, '6.4 GB'],
    [14e9, '14 GB'],
  ])('%i bytes are %s', (bytes, text) => expect(formatBytes(bytes)).toBe(text));

  it.each([
    [17_700_000, '18M'],
    [1_557_611_200, '1.6B'],
    [500, '500'],
  ])('%i parameters are %s', (count, text) => expect(formatParameters(count)).toBe(text));

  it.each([
    [2, 'a few seconds left'],
    [38, '40 s left'],
    [95, '2 min left'],
    [5400, '1.5 h left'],
  ])('%i s are %s', (seconds, text) => expect(formatTimeLeft(seconds)).toBe(text));

  it('make a line of progress', () => {
    const progress = { file: 'x', bytes: 170e6, totalBytes: 548e6, bytesPerSecond: 12e6, secondsLeft: 31.5, note: null }; // prettier-ignore
    expect(progressText(progress)).toBe('31 % of 548 MB · 12 MB/s · 35 s left');
    expect(progressText({ ...progress, bytesPerSecond: 0 })).toBe('31 % of 548 MB');
    expect(progressText({ ...progress, bytes: 548e6 })).toBe('100 % of 548 MB · checking');
  });
});

describe('the speed', () => {
  it('is that of the last seconds', () => {
    let now = 0;
    const rate = new Rate(() => now);
    expect(rate.bytesPerSecond).toBeNull();
    for (; now <= 10_000; now += 100) rate.add(now * 10);
    expect(rate.bytesPerSecond).toBeCloseTo(10_000, -3);
    for (; now <= 20_000; now += 100) rate.add(100_000 + now);
    expect(rate.bytesPerSecond).toBeCloseTo(1000, -3);
    now += 60_000; // and then nothing comes
    expect(rate.bytesPerSecond).toBeLessThan(200);
  });
});

describe('the name of a repository', () => {
  it.each([
    ['gpt2', 'gpt2', 'main'],
    [' openai-community/gpt2 ', 'openai-community/gpt2', 'main'],
    ['EleutherAI/pythia-70m@step1000', 'EleutherAI/pythia-70m', 'step1000'],
    ['https://huggingface.co/Qwen/Qwen3-0.6B', 'Qwen/Qwen3-0.6B', 'main'],
    ['https://huggingface.co/Qwen/Qwen3-0.6B/tree/v1/?x#y', 'Qwen/Qwen3-0.6B', 'v1'],
    ['a/b@refs/pr/3', 'a/b', 'refs/pr/3'],
  ])('%s', (given, repository, revision) => {
    expect(parseRepositoryId(given)).toEqual({ repository, revision });
  });

  it.each([
    '',
    '/',
    'a/b/c',
    '../etc',
    'a/..',
    'a--b',
    'a b',
    'a/b@../x',
    'a/b@',
    'a/b@x//y',
    '.a/b',
  ])('not %s', (given) => {
    // prettier-ignore
    expect(() => parseRepositoryId(given)).toThrow('is not the name of a model');
  });
});

describe('the endpoint', () => {
  it.each([
    ['', 'https://huggingface.co/'],
    ['http://10.0.0.5:8080/hf', 'http://10.0.0.5:8080/hf'],
  ])('%s', (given, href) => expect(parseEndpoint(given).href).toBe(href));

  it.each(['huggingface.co', 'ftp://x', 'file:///etc', 'https://me:secret@x', 'https://x/?a=1'])(
    'not %s',
    (given) => {
      // prettier-ignore
      expect(() => parseEndpoint(given)).toThrow('must be a web address');
    },
  );
});
