import { basename, dirname, resolve } from 'node:path';
import { ConfigReader } from '../../gpt/configReader';
import { describeConfig } from '../../gpt/describeConfig';
import { openConfig } from '../../gpt/modelFiles';
import { modelName } from '../../gpt/modelName';
import { knownConfig, knownModels } from '../../models/knownModels';
import type { ConfigPlace, ModelPageRequests } from '../../protocol/modelPage';
import type { Handlers } from '../engineContext';

/** These need no model in memory. */
export const modelPageHandlers: Handlers<ModelPageRequests> = {
  describeConfig: async (place) => {
    const { reader, name } = await configAt(place);
    return describeConfig(reader, name);
  },
  knownModels: () => Promise.resolve([...knownModels]),
};

async function configAt(place: ConfigPlace): Promise<{ reader: ConfigReader; name: string }> {
  if ('known' in place) return knownConfig(place.known);
  if ('text' in place) return { reader: ConfigReader.parse(place.text, 'The text'), name: 'model' };
  const reader = await openConfig(place.path);
  const path = resolve(place.path);
  const folder = basename(path) === 'config.json' ? dirname(path) : path;
  return { reader, name: modelName(folder, '') };
}
