import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { DocumentInspection } from '../../src/protocol/inspection';

/** What `inspect` prints of a text that is read in windows; null where it refuses the text. */
export async function inspectByCommandLine(
  text: string,
  { model, stride }: { model: string; stride: number },
): Promise<DocumentInspection> {
  const folder = mkdtempSync(join(tmpdir(), 'forward-pass-text-'));
  try {
    const file = join(folder, 'text');
    writeFileSync(file, text);
    const cli = join(__dirname, '../../cli.js');
    const args = [cli, 'inspect', '--model', model, '--file', file, '--stride', `${stride}`, '--top-k', '1']; // prettier-ignore
    const { stdout } = await promisify(execFile)(process.execPath, args, {
      env: { ...process.env, ELECTRON_RUN_AS_NODE: '1' },
      maxBuffer: 2 ** 28,
    });
    return JSON.parse(stdout) as DocumentInspection;
  } finally {
    rmSync(folder, { recursive: true });
  }
}
