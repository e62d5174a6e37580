import { tokensOf, type ReadText } from '../../inspection/readText';
import type { TextWindow } from '../../protocol/reading';

/** Where the pass is that said what a token was expected to be. */
export interface WindowPlace {
  window: TextWindow;
  /**
   * The token within the window. The token behind a full window was expected from the whole of it and
   * has no room in it: then this is the last one, after which it came.
   */
  position: number;
  isBehind: boolean;
}

/** The window that a token was read in. */
export function windowPlace(text: ReadText, token: number): WindowPlace {
  const window =
    text.windows.find((each) => token < tokensOf(text, each).to) ?? text.windows.at(-1)!;
  const isBehind = token >= window.end;
  return { window, position: (isBehind ? window.end - 1 : token) - window.start, isBehind };
}

/**
 * How much of a text to take so that its tokens up to an offset stay as they are: no token reaches
 * from the last letter of a word to the white space behind it.
 */
export function safeEnd(text: string, offset: number): number {
  const end = /\S(?=[ \t\r\n])/g;
  end.lastIndex = Math.max(0, offset - 1);
  const found = end.exec(text);
  return found ? found.index + 1 : text.length;
}
