import { UserError } from '../protocol/userError';

/** One signed term of an expression, as it was written. */
export interface Term {
  coefficient: number;
  /** As `namedToken` takes it: a word, text in double quotes, or a token's id. */
  name: string;
  /** UTF-16 range of the token in the expression. */
  start: number;
  end: number;
}

interface Lexeme {
  kind: 'sign' | 'times' | 'number' | 'word' | 'quoted';
  /** Of a quoted text, what is between the quotes. */
  text: string;
  start: number;
  end: number;
}

const lexemes: readonly [Lexeme['kind'] | 'space', RegExp][] = [
  ['space', /\s+/y],
  ['sign', /[+\-−–]/y],
  ['times', /[*×]/y],
  ['quoted', /"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'/suy],
  // A number ends where a word would: "3rd" is a word, "2 king" and "2*king" are not.
  ['number', /(?:\d+(?:\.\d*)?|\.\d+)(?=[\s+\-−–*×"']|$)/y],
  ['word', /[^\s+\-−–*×"()]+/y],
];

const escapes: Record<string, string> = { n: '\n', t: '\t', r: '\r' };

/**
 * Reads a sum of tokens, such as `king - man + woman`: words, text in quotes (with \n, \t, \\ and the
 * like) and token ids, each with a sign and, where it is wanted, a number in front (`2 king`,
 * `0.5*king`). A hyphen is a minus, so that a word with one stands in quotes.
 *
 * @throws {UserError} that names the character, from 1, where it is not such a sum.
 */
export function parseTokenExpression(text: string): Term[] {
  const rest = new Lexemes(text);
  const terms: Term[] = [];
  if (!rest.next) {
    throw new UserError('The expression is empty. Write a word, or a sum such as king - man + woman.'); // prettier-ignore
  }
  while (rest.next) {
    const sign = rest.take('sign')?.text;
    if (sign === undefined && terms.length > 0) {
      throw at(rest.next.start, `there is no + or − before ${rest.quoted()}. Put a text of several words in quotes`); // prettier-ignore
    }
    const { coefficient, token } = readTerm(rest);
    terms.push({
      coefficient: sign === undefined || sign === '+' ? coefficient : -coefficient,
      name: token.kind === 'quoted' ? `"${token.text}"` : token.text,
      start: token.start,
      end: token.end,
    });
  }
  return terms;
}

/** [number [times]] token, where a number that nothing follows is a token's id. */
function readTerm(rest: Lexemes): { coefficient: number; token: Lexeme } {
  const number = rest.take('number');
  if (number) {
    const times = rest.take('times');
    if (!times && (!rest.next || rest.next.kind === 'sign')) {
      if (isId(number)) return { coefficient: 1, token: number };
      throw at(number.start, `${number.text} multiplies nothing. Write the token after it, as in 0.5*king`); // prettier-ignore
    }
  }
  const token = rest.take('word', 'quoted', 'number');
  if (token && (token.kind !== 'number' || isId(token))) {
    return { coefficient: Number(number?.text ?? 1), token };
  }
  if (token) throw at(token.start, `${token.text} is no token's id. Write a whole number, or quotes`); // prettier-ignore
  const what = 'a term is missing. Write a word, text in quotes or a token id';
  throw at(rest.place, rest.next ? `before ${rest.quoted()} ${what}` : `at the end ${what}`);
}

function isId({ text }: Lexeme): boolean {
  return /^\d+$/.test(text);
}

/** What is left of an expression. */
class Lexemes {
  private readonly all: Lexeme[];
  private taken = 0;

  constructor(private readonly text: string) {
    this.all = readLexemes(text);
  }

  get next(): Lexeme | undefined {
    return this.all[this.taken];
  }

  /** Where the next one starts, or the expression ends. */
  get place(): number {
    return this.next?.start ?? this.text.length;
  }

  /** The next one, where it is of one of these kinds. */
  take(...kinds: Lexeme['kind'][]): Lexeme | undefined {
    const { next } = this;
    if (!next || !kinds.includes(next.kind)) return undefined;
    this.taken++;
    return next;
  }

  /** The next one as it was written, between quotes. */
  quoted(): string {
    const written = this.text.slice(this.place, this.next?.end);
    return /^["']/.test(written) && written.length > 1 ? written : `"${written}"`;
  }
}

function readLexemes(text: string): Lexeme[] {
  const found: Lexeme[] = [];
  let start = 0;
  while (start < text.length) {
    const match = lexemeAt(text, start);
    if (match === null) throw unreadable(text, start);
    const { kind, end } = match;
    const written = text.slice(start, end);
    if (kind !== 'space') {
      found.push({ kind, text: kind === 'quoted' ? unquoted(written) : written, start, end });
    }
    start = end;
  }
  return found;
}

function lexemeAt(text: string, start: number) {
  for (const [kind, pattern] of lexemes) {
    pattern.lastIndex = start;
    if (pattern.test(text)) return { kind, end: pattern.lastIndex };
  }
  return null;
}

function unquoted(written: string): string {
  return written.slice(1, -1).replace(/\\(.)/gsu, (_, char: string) => escapes[char] ?? char);
}

function unreadable(text: string, start: number): UserError {
  const char = text[start]!;
  return char === '"'
    ? at(start, 'the quotation mark is not closed')
    : at(start, `"${char}" is not understood. Give each term a sign and a number of its own, or put it in quotes`); // prettier-ignore
}

function at(start: number, problem: string): UserError {
  return new UserError(`Character ${start + 1}: ${problem}.`);
}
