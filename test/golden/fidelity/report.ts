import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { families } from '../../../src/gpt/families/registry';
import type { ModelFidelity } from './measure';

/** What the extension says of a loaded model; `src/models/fidelity.json`. */
export interface FidelitySummary {
  reference: string;
  /** By family and dtype. */
  families: Record<string, Record<string, FamilyFidelity>>;
}

type FamilyFidelity = Pick<ModelFidelity, 'positions' | 'sameTop' | 'logit' | 'pattern'> & {
  models: number;
};

const dtypes = ['F32', 'F16', 'BF16', 'mixed'];

/** The worst of each family in each dtype. @param goldenFolder `test/golden`. */
export function summarise(all: readonly ModelFidelity[], goldenFolder: string): FidelitySummary {
  const summary: FidelitySummary = {
    reference: `transformers ${versions(goldenFolder).transformers}`,
    families: {},
  };
  for (const { name } of families) {
    const ofFamily: Record<string, FamilyFidelity> = {};
    for (const dtype of dtypes) {
      const models = all.filter((model) => model.family === name && model.dtype === dtype);
      if (models.length > 0) ofFamily[dtype] = worstOf(models);
    }
    summary.families[name] = ofFamily;
  }
  return summary;
}

function worstOf(models: readonly ModelFidelity[]): FamilyFidelity {
  const total = (key: 'positions' | 'sameTop') =>
    models.reduce((sum, model) => sum + model[key], 0);
  const most = (key: 'logit' | 'pattern') =>
    rounded(Math.max(...models.map((model) => model[key])));
  return {
    models: models.length,
    positions: total('positions'),
    sameTop: total('sameTop'),
    logit: most('logit'),
    pattern: most('pattern'),
  };
}

/** `docs/fidelity.md`. */
export function page(all: readonly ModelFidelity[], goldenFolder: string): string {
  const { families: summary } = summarise(all, goldenFolder);
  const positions = all.reduce((sum, model) => sum + model.positions, 0);
  const sameTop = all.reduce((sum, model) => sum + model.sameTop, 0);
  const { transformers, torch, safetensors, numpy } = versions(goldenFolder);
  const byFamily = Object.entries(summary).flatMap(([family, byDtype]) =>
    Object.entries(byDtype).map(([dtype, { models, logit, pattern, ...rest }]) => [
      family,
      dtype,
      models,
      short(logit),
      short(pattern),
      `${rest.sameTop} of ${rest.positions}`,
    ]),
  );
  const details = families.map(({ name }) => {
    const rows = all
      .filter(({ family }) => family === name)
      .sort((a, b) => dtypes.indexOf(a.dtype) - dtypes.indexOf(b.dtype))
      .map(({ name: model, about, dtype, logit, noise, pattern, sameTop, positions }) => [
        `\`${model}\``,
        about,
        dtype,
        short(logit),
        short(noise),
        short(pattern),
        `${sameTop} of ${positions}`,
      ]);
    const columns = ['Model', 'What is special', 'Weights', 'Δ logit', 'noise', 'Δ attention', 'same top']; // prettier-ignore
    return `### ${name}\n\n${table(columns, rows, [3, 4, 5, 6])}`;
  });
  return `# Fidelity

How far the logits and the attention of Forward Pass are from those of Hugging Face \`transformers\`, written by \`npm run fidelity\`. ${all.length} small models with random weights, one or more of every family and of every option that a family has, are computed by both; \`test/golden/generate.py\` and \`test/golden/families/generate.py\` make them. Their weights are drawn so that no mistake stays invisible: attention is peaked, no bias is 0 and no gain is 1.

- **Δ logit**, **Δ attention**: the largest distance of any logit, and of any attention weight, at any position.
- **noise**: the same distance between \`transformers\` in float32 and \`transformers\` in float64: what rounding alone does. Two correct programs differ by about as much.
- **same top**: positions at which both find the same token likeliest. All models together: ${sameTop} of ${positions}.
- **Weights**: as stored. The arithmetic is float32 in all of them, on both sides.

Compared with transformers ${transformers}, torch ${torch}, safetensors ${safetensors}, numpy ${numpy}; in float32, \`attn_implementation="eager"\`. Last bits differ between processors; the tests let the figures below be off by a factor of ${tolerance}, and hold every model to 2e-4 for logits and 1e-5 for attention. \`test/golden/switches.test.ts\` shows that these models notice when any one option is misread.

## By family

${table(['Family', 'Weights', 'Models', 'Δ logit', 'Δ attention', 'Same top'], byFamily, [2, 3, 4, 5])}

## Every model

${details.join('\n\n')}
`;
}

/** How far the committed figures may be from those of another processor. */
export const tolerance = 4;

/** Of the packages that computed the golden values, by name. */
function versions(goldenFolder: string): Record<string, string> {
  const lines = readFileSync(join(goldenFolder, 'requirements.txt'), 'utf8').split('\n');
  return Object.fromEntries(
    lines.filter((line) => line.includes('==')).map((line) => line.trim().split('==')),
  ) as Record<string, string>;
}

/** To two figures. */
function rounded(value: number): number {
  return Number(value.toPrecision(2));
}

function short(value: number): string {
  return value === 0 ? '0' : value.toExponential(1);
}

/** As Prettier writes one. @param numbers the columns that are aligned to the right. */
function table(columns: string[], rows: (string | number)[][], numbers: number[]): string {
  const cells = [columns, ...rows.map((row) => row.map(String))];
  const widths = columns.map((_, i) => Math.max(3, ...cells.map((row) => [...row[i]!].length)));
  const line = (row: string[]) =>
    `| ${row
      .map((cell, i) => {
        const room = ' '.repeat(widths[i]! - [...cell].length);
        return numbers.includes(i) ? room + cell : cell + room;
      })
      .join(' | ')} |`;
  const rule = widths.map((width, i) =>
    numbers.includes(i) ? `${'-'.repeat(width - 1)}:` : '-'.repeat(width),
  );
  return [line(columns), line(rule), ...cells.slice(1).map(line)].join('\n');
}
