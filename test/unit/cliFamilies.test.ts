import { execFile } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, describe, expect, it } from 'vitest';
import { familyModels } from '../fixtures/familyModels';
import { randomCheckpoint } from '../fixtures/randomCheckpoint';

const cli = join(__dirname, '../../dist/cli.js');
if (!existsSync(cli)) throw new Error('Build first: npm run build');

const root = mkdtempSync(join(tmpdir(), 'forward-pass-families-'));
afterAll(() => rmSync(root, { recursive: true }));
const text = 'The cat sat on the mat, and the cat sat on the hat.';
const edits = join(root, 'edits.json');
writeFileSync(
  edits,
  JSON.stringify([
    { kind: 'scaleHead', layer: 1, head: 2, factor: 2 },
    { kind: 'setPatternRow', layer: 1, head: 3, query: 8, to: { rule: 'only', key: 6 } },
    { kind: 'steer', layer: 1, factor: 4, from: 0, direction: { between: 'tokens', plus: 'cat', minus: 'hat' } }, // prettier-ignore
  ]),
);
const [before, after] = ['before', 'after'].map((name) => join(root, `${name}.txt`));
writeFileSync(before!, `${text}\nThe end.\n`);
writeFileSync(after!, `${text}\nThe beginning.\n`);

/** Every command that reads a model, and what it asks of each family. */
const calls: Record<string, string[]> = {
  inspect: ['--text', text],
  'inspect in windows': ['inspect', '--text', text.repeat(5), '--stride', '16'],
  statistics: ['--text', text],
  attention: ['--text', text, '--layer', '1'],
  'attention of one head, weighted': ['attention', '--text', text, '--layer', '1', '--head', '3', '--weighted'], // prettier-ignore
  'attention rolled out': ['attention', '--text', text, '--layer', '2', '--head', 'rollout'],
  heads: ['--text', text],
  lens: ['--text', text],
  'lens of all': ['lens', '--text', text, '--all'],
  attribution: ['--text', text, '--target', 'cat', '--versus', 'hat'],
  neurons: ['--text', text],
  'neurons of one': ['neurons', '--text', text, '--layer', '1', '--neuron', '3'],
  embedding: ['cat - hat + mat'],
  ablate: ['--text', text, '--heads', 'L1H2', '--mlps', '2'],
  'ablate to the mean': ['ablate', '--text', text, '--heads', 'L0H3', '--mean'],
  intervene: ['--text', text, '--edits', edits],
  patch: [
    '--clean',
    'The cat sat on',
    '--corrupt',
    'The hat sat on',
    '--target',
    'cat',
    '--versus',
    'hat',
  ],
  'patch heads': ['patch', '--clean', 'The cat sat on', '--corrupt', 'The hat sat on', '--target', 'cat', '--versus', 'hat', '--at', 'heads'], // prettier-ignore
  compare: ['--text', text, '--with', 'The cat sat on the hat.'],
  changes: ['--before', before!, '--after', after!],
  generate: ['--text', text, '--max-tokens', '6'],
  'generate by beams': ['generate', '--text', text, '--max-tokens', '4', '--beams', '3'],
  model: [],
};

/** Every number in a document. */
function numbers(value: unknown): number[] {
  if (typeof value === 'number') return [value];
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(numbers) : [];
}

describe.each(Object.entries(familyModels))(
  'the command line with a model of %s',
  (name, config) => {
    const folder = randomCheckpoint(join(root, name), config, 3, 0.4);

    async function json<T>(args: string[]): Promise<T> {
      const whole = [cli, ...args, '--model', folder];
      const { stdout, stderr } = await promisify(execFile)(process.execPath, whole, {
        maxBuffer: 1 << 28,
      });
      expect(stderr).toBe('');
      return JSON.parse(stdout) as T;
    }

    it.each(Object.entries(calls))('answers %s', async (title, args) => {
      const known = args[0] === title.split(' ')[0];
      const result = await json(known ? args : [title, ...args]);
      // NaN and infinity are null in JSON; what may be null otherwise is not in these.
      const printed = JSON.stringify(result);
      expect(numbers(result).every(Number.isFinite)).toBe(true);
      expect(numbers(result).length).toBeGreaterThan(0);
      if (/^(attention|embedding|neurons|patch)/.test(title))
        expect(printed).not.toContain('null,');
    });

    it('tells a logit from its parts without a rest', async () => {
      const found = await json<Record<string, number>>(['attribution', '--text', text]);
      expect(Math.abs(found.error!)).toBeLessThan(1e-4);
      expect(found.positionEmbedding).toBe(0);
    });

    it('generates what whole passes, one after the other, predict', async () => {
      const { tokens } = await json<{ tokens: { id: number; text: string; logprob: number }[] }>([
      'generate', '--text', text, '--max-tokens', '5',
    ]); // prettier-ignore
      let read = text;
      for (const { id, text: added, logprob } of tokens) {
        const { next } = await json<{ next: { id: number; logprob: number }[] }>([
        'inspect', '--text', read,
      ]); // prettier-ignore
        expect(next[0]!.id).toBe(id);
        expect(Math.abs(next[0]!.logprob - logprob)).toBeLessThan(1e-4);
        if (added.includes('\\x')) break; // loose bytes cannot be put on a command line
        read += added;
      }
    });

    it('says of the model what the panel does', async () => {
      const model = await json<{ fidelity: object; rotary: object[]; positions: string }>([
        'model',
      ]);
      expect(model.positions).toBe('rotary');
      expect(model.rotary.length).toBeGreaterThan(0);
      expect(model.fidelity).toMatchObject({ dtype: 'F32', reference: expect.stringMatching(/^transformers \d/) as string }); // prettier-ignore
    });
  },
);
