import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { measureAll } from './measure';
import { page, summarise } from './report';

/** Measures all golden models and writes the page and what the extension says of a model. */
async function main(repository: string): Promise<void> {
  const goldens = join(repository, 'test/golden');
  const all = await measureAll(goldens);
  const summary = `${JSON.stringify(summarise(all, goldens), null, 2)}\n`;
  writeFileSync(join(repository, 'src/models/fidelity.json'), summary);
  writeFileSync(join(repository, 'docs/fidelity.md'), page(all, goldens));
  console.log(`${all.length} models: docs/fidelity.md, src/models/fidelity.json`);
}

void main(process.argv[2]!);
