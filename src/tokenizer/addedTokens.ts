/** A token that is looked for in the text before it is cut into pieces. */
export interface AddedToken {
  id: number;
  content: string;
  /** Stands for no text of its own; where texts are ordinary text, it is passed over. */
  special: boolean;
  /** Only between what are no word characters. */
  singleWord: boolean;
  /** Takes the white space before it, or after it, too. */
  lstrip: boolean;
  rstrip: boolean;
}

/** A part of a text, from `start` to before `end` in UTF-16 units: an added token, or other text. */
export interface Section {
  token: AddedToken | null;
  start: number;
  end: number;
}

interface Node {
  next: Map<number, Node>;
  token: AddedToken | null;
}

const wordBefore = /[\p{Alphabetic}\p{M}\p{Nd}\p{Pc}\p{Join_Control}]$/u;
const wordAfter = /^[\p{Alphabetic}\p{M}\p{Nd}\p{Pc}\p{Join_Control}]/u;
const whiteSpace = /\p{White_Space}/u;

/**
 * Finds added tokens as Hugging Face's tokenizers do (added_vocabulary.rs, `find_matches`): the
 * leftmost, of several at one place the longest; what was matched once is not looked at again, even
 * if the match was then dropped.
 */
export class AddedTokens {
  private readonly root: Node = { next: new Map(), token: null };
  /** 1 for the UTF-16 units that a token begins with. */
  private readonly begins = new Uint8Array(1 << 16);

  /** @param tokens whose `content` is what is looked for; of equals the last one is taken */
  constructor(tokens: Iterable<AddedToken>) {
    for (const token of tokens) {
      if (token.content === '') continue;
      let node = this.root;
      for (let i = 0; i < token.content.length; i++) {
        const unit = token.content.charCodeAt(i);
        let next = node.next.get(unit);
        if (!next) node.next.set(unit, (next = { next: new Map(), token: null }));
        node = next;
      }
      node.token = token;
      this.begins[token.content.charCodeAt(0)] = 1;
    }
  }

  /**
   * The whole text in sections, none of them empty but tokens whose white space was taken before them.
   *
   * @param withSpecial special tokens are found too
   */
  *sections(text: string, withSpecial: boolean): Generator<Section, void> {
    let done = 0;
    let at = 0;
    while (at < text.length) {
      const token = this.begins[text.charCodeAt(at)] ? this.longestAt(text, at) : null;
      if (!token) {
        at++;
        continue;
      }
      let start = at;
      let end = at + token.content.length;
      at = end;
      if (token.special && !withSpecial) continue;
      if (token.singleWord && isInWord(text, start, end)) continue;
      if (token.lstrip) {
        while (start > done && whiteSpace.test(text[start - 1]!)) start--;
        start = Math.max(start, done);
      }
      if (token.rstrip) {
        while (end < text.length && whiteSpace.test(text[end]!)) end++;
      }
      if (done < start) yield { token: null, start: done, end: start };
      // White space that the token before has taken is not its own, but only one that would have taken
      // white space before it itself is dropped where nothing else is left of it.
      const own = Math.max(start, done);
      if (start < end) yield { token, start: own, end: Math.max(own, end) };
      if (start <= end) done = end;
    }
    if (done < text.length) yield { token: null, start: done, end: text.length };
  }

  private longestAt(text: string, at: number): AddedToken | null {
    let found: AddedToken | null = null;
    let node: Node | undefined = this.root;
    for (let i = at; ; i++) {
      node = node.next.get(text.charCodeAt(i));
      if (!node) return found;
      found = node.token ?? found;
    }
  }
}

function isInWord(text: string, start: number, end: number): boolean {
  // Two units hold any character.
  return (
    wordBefore.test(text.slice(Math.max(0, start - 2), start)) ||
    wordAfter.test(text.slice(end, end + 2))
  );
}
