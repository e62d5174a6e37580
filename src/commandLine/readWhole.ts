import { enter, firstUnknown, unreadText, type ReadText } from '../inspection/readText';
import type { CommandCall } from './call';

/** A text that was read to its end, and by how many tokens its windows moved on. */
export interface WholeText extends ReadText {
  text: string;
  stride: number;
}

/** Reads a text of any length window by window, as the editor does; they move on by `--stride` tokens. */
export async function readWhole(call: CommandCall, text: string): Promise<WholeText> {
  const { model, engine, progress } = call;
  const wished = call.has('stride') ? call.integer('stride', { min: 1 }) : undefined;
  const params = { model, text, ...call.reading, stride: wished };
  const read = unreadText(await engine.tokenizeDocument(params, progress), 1);
  const { ids, windows } = read;
  for (const window of windows) {
    const unknown = firstUnknown(read, window);
    // The last token of a text is followed by none.
    if (unknown === undefined) continue;
    const { start, end, first } = window;
    progress.onProgress?.({
      stage: 'forward',
      message: `Token ${first} of ${ids.length}`,
      fraction: first / ids.length,
    });
    const place = { ids: ids.slice(start, end + 1), first: first - start };
    enter(read, unknown, await engine.readWindow({ model, ...place, topK: 1 }));
  }
  return { ...read, text, stride: wished ?? Math.ceil(read.model.nCtx / 2) };
}
