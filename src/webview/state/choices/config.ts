import { asRecord, flag, type Saved, text } from './saved';

/** Whose parameters are shown. */
export interface ConfigChoices {
  /** Null is the model that is loaded. */
  place: { known: string } | { path: string } | null;
  /** Count the unembedding as a matrix of its own. */
  untied: boolean;
}

export const defaultConfig: ConfigChoices = { place: null, untied: false };

export function restoreConfig(from: Saved): ConfigChoices {
  const place = asRecord(from.place);
  const [known, path] = [text(place.known), text(place.path)];
  return {
    place: known !== null ? { known } : path !== null ? { path } : null,
    untied: flag(from.untied, defaultConfig.untied),
  };
}
