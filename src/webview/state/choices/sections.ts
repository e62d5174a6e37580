import { type Saved, texts } from './saved';

/** How sections are shown, each by its name. */
export interface SectionChoices {
  /** Those that are folded. */
  folded: string[];
  /** Those that are shown as tables. */
  tables: string[];
}

export const defaultSections: SectionChoices = {
  folded: [
    'continue',
    'compare',
    'embeddings',
    'model',
    'attribution',
    'neurons',
    'whatIf',
    'patching',
  ],
  tables: [],
};

export function restoreSections({ folded, tables }: Saved): SectionChoices {
  return {
    folded: texts(folded) ?? defaultSections.folded,
    tables: texts(tables) ?? defaultSections.tables,
  };
}
