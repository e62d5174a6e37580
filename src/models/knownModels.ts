import { ConfigReader } from '../gpt/configReader';
import type { KnownModel } from '../protocol/modelPage';
import { UserError } from '../protocol/userError';
import models from './knownModels.json';

/** The configurations that come with the extension, smallest first. */
export const knownModels: readonly KnownModel[] = models.map(({ id, name, source }) => ({
  id,
  name,
  source,
}));

/** @throws {UserError} where no known model goes by this id. */
export function knownConfig(id: string): { name: string; reader: ConfigReader } {
  const model = models.find((known) => known.id === id);
  if (!model) {
    const ids = models.map((known) => known.id).join(', ');
    throw new UserError(`No known model is called "${id}". There are: ${ids}.`);
  }
  return { name: model.name, reader: ConfigReader.of(model.config) };
}
