import type { ExportFormat, Provenance } from '../../protocol/exports';
import { readTheme } from '../drawing/readTheme';
import type { Picture, SectionData } from '../sectionData';
import { tokensData } from '../tokensData';
import type { PanelStore } from '../state/store';
import { pageRecording } from './pageRecording';
import { canvasPng, svgWithProvenance } from './picture';
import { sectionCsv, sectionJson } from './text';

/**
 * Asks as what to keep what a section shows, and lets the host write it. With `page` the whole panel
 * is on offer too.
 */
export async function exportSection(
  store: PanelStore,
  heading: string,
  data: SectionData,
  { page = false } = {},
): Promise<void> {
  const picture = data.picture?.() ?? null;
  const formats: ExportFormat[] = ['json', 'csv'];
  if (picture) formats.push(picture.kind);
  if (page) formats.unshift('page');
  const of = data.of ?? 'inspection';
  const choice = await store.request('chooseExport', { what: heading, formats, of });
  if (!choice) return;
  const { format, to, provenance } = choice;
  const all = { ...data, ...(await data.all?.()) };
  const content = await written(format, store, heading, all, picture, provenance);
  await store.request('saveExport', { name: data.name, format, to, content });
}

/** The same for the whole inspection; a failure is told at the top of the panel. */
export async function exportInspection(store: PanelStore): Promise<void> {
  const { result } = store;
  if (!result) return;
  const all = { page: true };
  await store.attempt(() => exportSection(store, 'Inspection', tokensData(result), all));
}

async function written(
  format: ExportFormat,
  store: PanelStore,
  heading: string,
  data: SectionData,
  picture: Picture | null,
  provenance: Provenance,
): Promise<string | Uint8Array> {
  const { tool, version, source, model } = provenance;
  const caption = `${heading} · ${model.name} · ${source} · ${tool} ${version}`;
  switch (format) {
    case 'json':
      return sectionJson(data, provenance);
    case 'csv':
      return sectionCsv(data, provenance);
    case 'page':
      return pageRecording(store, provenance);
    case 'svg':
    case 'png':
      return picture!.kind === 'svg'
        ? svgWithProvenance(picture!.svg, caption, provenance)
        : canvasPng(picture!.canvas, caption, readTheme(), provenance);
  }
}
