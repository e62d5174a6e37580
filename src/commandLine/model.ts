import type { Command } from './command';

export const model: Command = {
  name: 'model',
  about: 'configuration, parameters by component, vocabulary',
  options: {},
  run: (call) => call.engine.describe({ model: call.model }, call.progress),
};
