import { UserError } from '../../protocol/userError';
import type { ConfigReader } from '../configReader';
import type { Family } from './family';
import { gemma, gemma2, gemma3 } from './gemma';
import { gpt2 } from './gpt2';
import { gptJ } from './gptJ';
import { gptNeo } from './gptNeo';
import { gptNeoX } from './gptNeoX';
import { llama, mistral, qwen2, qwen3 } from './llama';
import { opt } from './opt';
import { phi } from './phi';
import { phi3 } from './phi3';

export const families: readonly Family[] = [
  gpt2,
  gptNeo,
  gptNeoX,
  gptJ,
  opt,
  llama,
  mistral,
  qwen2,
  qwen3,
  gemma,
  gemma2,
  gemma3,
  phi,
  phi3,
];

/** @throws {UserError} where no family goes by the name that config.json gives. */
export function familyOf(reader: ConfigReader): Family {
  const modelType = reader.text('model_type');
  const family = families.find(({ name }) => name === modelType);
  if (family) return family;
  const names = families.map(({ name }) => name).join(', ');
  const ownCode = reader.has('auto_map')
    ? 'is run by program code that comes with it, which Forward Pass never runs'
    : 'is not supported yet';
  throw new UserError(
    `A model of the family "${modelType}" ${ownCode}. Choose one of the families ${names}.`,
  );
}
