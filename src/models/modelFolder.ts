import { homedir } from 'node:os';
import { isAbsolute, join, normalize } from 'node:path';
import { modelName } from '../gpt/modelName';
import { UserError } from '../protocol/userError';

/** Where the model is that comes with the extension. */
export function bundledModelFolder(extensionFolder: string): string {
  return join(extensionFolder, 'media', 'model');
}

/**
 * The folder (or GGUF file) that the setting `forwardPass.model` names: the bundled one when it is
 * empty, else with `~` and environment variables (`$NAME`, `${NAME}`, `${env:NAME}`, `%NAME%`) filled in.
 */
export function resolveModelFolder(
  setting: string,
  bundled: string,
  environment: NodeJS.ProcessEnv = process.env,
  home = homedir(),
): string {
  const value = setting.trim();
  if (value === '') return bundled;
  const expanded = value
    .replace(/^~(?=$|[/\\])/, () => home)
    .replace(
      /\$\{(?:env:)?(\w+)\}|\$(\w+)|%(\w+)%/g,
      (_match, braced?: string, bare?: string, percent?: string) => {
        const name = braced ?? bare ?? percent ?? '';
        const found = environment[name];
        if (found === undefined) {
          throw new UserError(
            `The model folder "${setting}" uses the environment variable ${name}, which is not set: change the setting forwardPass.model.`,
          );
        }
        return found;
      },
    );
  if (!isAbsolute(expanded)) {
    throw new UserError(
      `The model folder "${setting}" is not an absolute path: change the setting forwardPass.model, or leave it empty for the bundled model.`,
    );
  }
  return normalize(expanded);
}

/** What to call a model before it is loaded and can tell its name. */
export function modelFolderLabel(folder: string, bundled: string): string {
  return folder === bundled ? 'bundled model' : modelName(folder, '') || folder;
}
