import type { GgufMetadata } from '../metadata';
import type { GgufArchitecture } from './architecture';
import { gemma, gemma2, gemma3 } from './gemma';
import { gpt2 } from './gpt2';
import { gptNeox } from './gptNeox';
import { llama, qwen2, qwen3 } from './llama';
import { phi2, phi3 } from './phi';

/** By llama.cpp's names. */
const architectures = {
  gpt2,
  gptneox: gptNeox,
  llama,
  qwen2,
  qwen3,
  gemma,
  gemma2,
  gemma3,
  phi2,
  phi3,
} as const;

/** @throws {UserError} where the file's architecture is not among them. */
export function architectureOf(metadata: GgufMetadata): GgufArchitecture {
  const { architecture } = metadata;
  if (Object.hasOwn(architectures, architecture)) {
    return architectures[architecture as keyof typeof architectures];
  }
  throw metadata.refuse(
    `holds a model of the architecture "${architecture}", which is not supported. ` +
      `Choose one of ${Object.keys(architectures).join(', ')}.`,
  );
}
