import { csv } from '../../inspection/csv';
import type { Provenance } from '../../protocol/exports';
import type { SectionTable } from '../sectionTable';

/** The data of a section with where it is from, as indented JSON. Typed arrays become lists. */
export function sectionJson(data: SectionTable, provenance: Provenance): string {
  const plain = (_name: string, value: unknown) =>
    ArrayBuffer.isView(value) ? Array.from(value as unknown as ArrayLike<number>) : value;
  return `${JSON.stringify({ provenance, data: data.json }, plain, 2)}\n`;
}

/**
 * The table of a section as CSV (RFC 4180), behind comment lines that begin with `#` and say where it
 * is from: `pandas.read_csv(file, comment='#')` reads it.
 */
export function sectionCsv({ columns, rows }: SectionTable, provenance: Provenance): string {
  const comments = provenanceLines(provenance).map((line) => `# ${line}\r\n`);
  return comments.join('') + csv([columns, ...rows]);
}

/** Where numbers are from, for people: one fact a line. */
export function provenanceLines({ tool, version, model, source, text, settings }: Provenance) {
  return [
    `${tool} ${version}`,
    `model: ${model.name} (${model.family}, ${model.parameters} parameters, ${model.dtype})`,
    `weights: sha256 ${model.sha256}`,
    `source: ${source}`,
    `settings: ${JSON.stringify(settings)}`,
    `text: ${JSON.stringify(text)}`,
  ];
}
