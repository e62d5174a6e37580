import { describe, expect, it } from 'vitest';
import { parseTokenExpression } from '../../src/inspection/tokenExpression';
import { UserError } from '../../src/protocol/userError';

const read = (text: string) =>
  parseTokenExpression(text).map(({ coefficient, name }) => [coefficient, name]);

describe('an expression of tokens', () => {
  it.each<[string, [number, string][]]>([
    ['king', [[1, 'king']]],
    [
      'king - man + woman',
      [
        [1, 'king'],
        [-1, 'man'],
        [1, 'woman'],
      ],
    ],
    [
      'king-man+woman',
      [
        [1, 'king'],
        [-1, 'man'],
        [1, 'woman'],
      ],
    ],
    [
      '  -man\t+\nking ',
      [
        [-1, 'man'],
        [1, 'king'],
      ],
    ],
    [
      'king − man – woman',
      [
        [1, 'king'],
        [-1, 'man'],
        [-1, 'woman'],
      ],
    ],
    ['2 king', [[2, 'king']]],
    [
      '0.5*king - .25 × "man"',
      [
        [0.5, 'king'],
        [-0.25, '"man"'],
      ],
    ],
    ['5822', [[1, '5822']]],
    [
      '5822 - 582',
      [
        [1, '5822'],
        [-1, '582'],
      ],
    ],
    ['2 5822', [[2, '5822']]],
    [
      '2*5822 + 3 * 7',
      [
        [2, '5822'],
        [3, '7'],
      ],
    ],
    ['3rd', [[1, '3rd']]],
    [
      '3rd - 2nd',
      [
        [1, '3rd'],
        [-1, '2nd'],
      ],
    ],
    [
      '" king" - \' man\'',
      [
        [1, '" king"'],
        [-1, '" man"'],
      ],
    ],
    [
      '"a - b" + c',
      [
        [1, '"a - b"'],
        [1, 'c'],
      ],
    ],
    [
      String.raw`"\n" - "\t\\\""`,
      [
        [1, '"\n"'],
        [-1, '"\t\\""'],
      ],
    ],
    [
      "don't - '",
      [
        [1, "don't"],
        [-1, "'"],
      ],
    ],
    [
      '北京 - 中国',
      [
        [1, '北京'],
        [-1, '中国'],
      ],
    ],
    [
      '0*king + man',
      [
        [0, 'king'],
        [1, 'man'],
      ],
    ],
  ])('%j is a sum', (text, terms) => {
    expect(read(text)).toEqual(terms);
  });

  it('knows where each token was written', () => {
    const text = '- 2*"a b"  +  king';
    const places = parseTokenExpression(text).map(({ start, end }) => text.slice(start, end));
    expect(places).toEqual(['"a b"', 'king']);
  });

  it.each([
    ['', /^The expression is empty\./],
    ['  \n ', /^The expression is empty\./],
    ['+', /^Character 2: at the end a term is missing/],
    ['king -', /^Character 7: at the end a term is missing/],
    ['king - + man', /^Character 8: before "\+" a term is missing/],
    ['king - - man', /^Character 8: before "-" a term is missing/],
    ['* king', /^Character 1: before "\*" a term is missing/],
    ['2 * - king', /^Character 5: before "-" a term is missing/],
    ['2 * * king', /^Character 5: before "\*" a term is missing/],
    ['2 0.5', /^Character 3: 0\.5 is no token's id/],
    ['0.5', /^Character 1: 0\.5 multiplies nothing/],
    ['king + 0.5 - man', /^Character 8: 0\.5 multiplies nothing/],
    ['New York', /^Character 5: there is no \+ or − before "York"/],
    ['king "man"', /^Character 6: there is no \+ or − before "man"/],
    ['2 king man', /^Character 8: there is no/],
    ['2*(king - man)', /^Character 3: "\(" is not understood/],
    ['king - "man', /^Character 8: the quotation mark is not closed/],
  ])('%j is refused, with the place', (text, message) => {
    expect(() => parseTokenExpression(text)).toThrow(UserError);
    expect(() => parseTokenExpression(text)).toThrow(message);
  });

  it('is read however long it is', () => {
    expect(parseTokenExpression('king + '.repeat(20_000) + 'man')).toHaveLength(20_001);
    expect(() => parseTokenExpression('"'.repeat(99_999))).toThrow(UserError);
    expect(parseTokenExpression('1'.repeat(99_999) + 'x')).toHaveLength(1);
  });
});
