/** A cell of a notebook as text, whatever language it is in. */
export interface CellText {
  /** The cell's document, as a string. */
  uri: string;
  text: string;
}

/** A cell and where its text begins in what is read before another cell. */
export interface PlacedCell extends CellText {
  from: number;
}

/** What is read before a document. */
export interface TextBefore {
  /** The document's own text begins where this ends. */
  before: string;
  /** What it is made of, from the top. */
  cells: PlacedCell[];
}

export const nothingBefore: TextBefore = { before: '', cells: [] };

/**
 * The cells above one of a notebook, in order, each with a line break behind it. Markdown cells are
 * text like the others; outputs are not read.
 */
export function textAbove(cells: readonly CellText[], uri: string): TextBefore {
  let before = '';
  const above: PlacedCell[] = [];
  for (const cell of cells) {
    if (cell.uri === uri) return { before, cells: above };
    above.push({ ...cell, from: before.length });
    before += `${cell.text}\n`;
  }
  return nothingBefore;
}

/** "walk.ipynb, cell 3", or "walk.ipynb, cells 1–3" where those above are read too. */
export function cellLabel(name: string, first: number, last: number): string {
  return first === last ? `${name}, cell ${last + 1}` : `${name}, cells ${first + 1}–${last + 1}`;
}
