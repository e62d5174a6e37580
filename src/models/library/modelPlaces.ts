import { homedir } from 'node:os';
import { isAbsolute, join } from 'node:path';

/** Everything that decides where models are looked for. */
export interface ModelPlaces {
  /** The model that comes with the extension. */
  bundled: string;
  /** Folders that downloads go to. */
  downloads: readonly string[];
  /** The folders that are open in the editor. */
  workspace: readonly string[];
  huggingFace: readonly string[];
  lmStudio: readonly string[];
  ollama: readonly string[];
}

export interface Surroundings {
  environment: NodeJS.ProcessEnv;
  home: string;
  platform: NodeJS.Platform;
}

export const thisMachine = (): Surroundings => ({
  environment: process.env,
  home: homedir(),
  platform: process.platform,
});

type Known = Pick<ModelPlaces, 'huggingFace' | 'lmStudio' | 'ollama'>;

/** Where other programs keep their models on a machine, by their own rules. */
export function knownPlaces(surroundings: Surroundings = thisMachine()): Known {
  const { home, platform } = surroundings;
  const at = (name: string) => folderFrom(surroundings, name);
  return {
    // https://huggingface.co/docs/huggingface_hub/package_reference/environment_variables
    huggingFace: [
      at('HF_HUB_CACHE') ??
        at('HUGGINGFACE_HUB_CACHE') ??
        join(at('HF_HOME') ?? join(at('XDG_CACHE_HOME') ?? join(home, '.cache'), 'huggingface'), 'hub'), // prettier-ignore
    ],
    lmStudio: [join(home, '.lmstudio', 'models'), join(home, '.cache', 'lm-studio', 'models')],
    // https://github.com/ollama/ollama/blob/main/docs/faq.mdx ("Where are models stored?")
    ollama: [
      at('OLLAMA_MODELS') ?? join(home, '.ollama', 'models'),
      ...(platform === 'linux' ? ['/usr/share/ollama/.ollama/models'] : []),
    ],
  };
}

/** Where the command line puts what it downloads, and the extension finds it too. */
export function sharedDownloads(surroundings: Surroundings = thisMachine()): string {
  const { home, platform } = surroundings;
  const at = (name: string) => folderFrom(surroundings, name);
  const own = at('FORWARD_PASS_MODELS');
  if (own !== undefined) return own;
  switch (platform) {
    case 'win32':
      return join(at('LOCALAPPDATA') ?? join(home, 'AppData', 'Local'), 'forward-pass', 'models');
    case 'darwin':
      return join(home, 'Library', 'Application Support', 'forward-pass', 'models');
    default:
      return join(at('XDG_DATA_HOME') ?? join(home, '.local', 'share'), 'forward-pass', 'models');
  }
}

/** A folder that an environment variable names; a relative one names none, as it would move. */
function folderFrom({ environment, home }: Surroundings, name: string): string | undefined {
  const value = environment[name]?.replace(/^~(?=$|[/\\])/, () => home);
  return value && isAbsolute(value) ? value : undefined;
}
