import catalogue from './catalogue.json';

/** A model that is offered for download. */
export interface CatalogueModel {
  repository: string;
  name: string;
  /** As `model_type` in its config.json. */
  family: string;
  parameters: number;
  /** About how much is downloaded. */
  bytes: number;
}

export const catalogueModels: readonly CatalogueModel[] = catalogue;
