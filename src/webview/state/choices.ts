import { type AttentionChoices, defaultAttention, restoreAttention } from './choices/attention';
import {
  type AttributionChoices,
  defaultAttribution,
  restoreAttribution,
} from './choices/attribution';
import { type ChangesChoices, defaultChanges, restoreChanges } from './choices/changes';
import { type ColoringChoices, defaultColoring, restoreColoring } from './choices/coloring';
import { type CompareChoices, defaultCompare, restoreCompare } from './choices/compare';
import { type ConfigChoices, defaultConfig, restoreConfig } from './choices/config';
import { type ContinueChoices, defaultContinue, restoreContinue } from './choices/continue';
import { defaultDocument, type DocumentChoices, restoreDocument } from './choices/document';
import { defaultEmbeddings, type EmbeddingChoices, restoreEmbeddings } from './choices/embeddings';
import { defaultLens, type LensChoices, restoreLens } from './choices/lens';
import { defaultNeurons, type NeuronChoices, restoreNeurons } from './choices/neurons';
import { defaultNextToken, type NextTokenChoices, restoreNextToken } from './choices/nextToken';
import { defaultPatching, type PatchingChoice, restorePatching } from './choices/patching';
import { asRecord } from './choices/saved';
import { defaultSections, restoreSections, type SectionChoices } from './choices/sections';
import { defaultWhatIf, restoreWhatIf, type WhatIfChoices } from './choices/whatIf';

/** What a person set in the panel; kept by VS Code when the panel is hidden or reloaded. */
export interface Choices
  extends
    ColoringChoices,
    NextTokenChoices,
    ContinueChoices,
    CompareChoices,
    AttentionChoices,
    LensChoices,
    AttributionChoices,
    WhatIfChoices,
    DocumentChoices,
    ChangesChoices,
    SectionChoices {
  embeddings: EmbeddingChoices;
  config: ConfigChoices;
  neurons: NeuronChoices;
  patching: PatchingChoice;
}

export const defaultChoices: Choices = {
  ...defaultColoring,
  ...defaultNextToken,
  ...defaultContinue,
  ...defaultCompare,
  embeddings: defaultEmbeddings,
  config: defaultConfig,
  ...defaultAttention,
  ...defaultLens,
  ...defaultAttribution,
  neurons: defaultNeurons,
  ...defaultWhatIf,
  patching: defaultPatching,
  ...defaultDocument,
  ...defaultChanges,
  ...defaultSections,
};

/** The choices in what an earlier session saved; whatever does not fit is the default. */
export function restoreChoices(saved: unknown): Choices {
  const from = asRecord(saved);
  return {
    ...restoreColoring(from),
    ...restoreNextToken(from),
    ...restoreContinue(from),
    ...restoreCompare(from),
    embeddings: restoreEmbeddings(asRecord(from.embeddings)),
    config: restoreConfig(asRecord(from.config)),
    ...restoreAttention(from),
    ...restoreLens(from),
    ...restoreAttribution(from),
    neurons: restoreNeurons(asRecord(from.neurons)),
    ...restoreWhatIf(from),
    patching: restorePatching(asRecord(from.patching)),
    ...restoreDocument(from),
    ...restoreChanges(from),
    ...restoreSections(from),
  };
}
