import { describe, expect, it } from 'vitest';
import { namedToken } from '../../src/inspection/namedToken';
import { parseTokenExpression } from '../../src/inspection/tokenExpression';
import type { TokenDirection } from '../../src/protocol/embeddings';
import type { ActiveNeuron } from '../../src/protocol/neurons';
import { tokenizerOf } from '../../src/tokenizer/tokenizerOf';
import { type LabelledPoint, placeLabels } from '../../src/webview/drawing/labelPlacement';
import { directionPlaces, termsText } from '../../src/webview/embeddingsData';
import { spokenCount } from '../../src/webview/modelData';
import { layerPieces, neuronsData, readNeuronName, strongest } from '../../src/webview/neuronsData';
import { defaultChoices, restoreChoices } from '../../src/webview/state/choices';
import { candidateName, tokenList, tokenName } from '../../src/webview/tokenName';
import { token } from './webviewSamples';

const neuron = (layer: number, number: number, activation: number, written = 1): ActiveNeuron => ({
  layer,
  neuron: number,
  name: `L${layer}N${number}`,
  activation,
  written,
  share: 0.1,
  promotes: [{ id: 1, text: ' a', logit: 2 }],
  suppresses: [],
});

describe("a token's name in an expression", async () => {
  const tokenizer = await tokenizerOf('');
  const { vocabSize } = tokenizer;
  const tokenAt = (id: number) => ({
    id,
    text: tokenizer.textOf(id),
    bytes: [...tokenizer.bytesOf(id)],
    special: id === 50256,
  });

  it.each([
    [5822, 'king'], // " king"
    [3364, '"king"'],
    [198, '"\\n"'],
    [1, '"\\""'],
    [59, '"\\\\"'],
    [220, '" "'],
    [2414, '"64"'],
    [50256, '50256'],
    [447, '447'], // loose bytes
  ])('%i is %s', (id, name) => {
    expect(tokenName(tokenAt(id))).toBe(name);
  });

  it('is read back as the token itself, throughout the vocabulary', async () => {
    for (let id = 0; id < vocabSize; id += id < 400 ? 1 : 13) {
      const written = tokenName(tokenAt(id));
      const [term, ...others] = parseTokenExpression(written);
      expect(others).toEqual([]);
      expect(await namedToken(term!.name, tokenizer, vocabSize), written).toBe(id);
      const [word, ...more] = tokenList(written);
      expect(more).toEqual([]);
      expect(await namedToken(word!, tokenizer, vocabSize), written).toBe(id);
    }
  });

  it('is its id where nothing but its text is known', () => {
    expect(candidateName({ id: 5822, text: ' king' })).toBe('king');
    expect(candidateName({ id: 447, text: '\\xE2\\x80' })).toBe('447');
  });
});

it('a list of words is read', () => {
  expect(tokenList('')).toEqual([]);
  expect(tokenList('king, queen,man  "a b"\n464')).toEqual([
    'king',
    'queen',
    'man',
    '"a b"',
    '464',
  ]);
  expect(tokenList('"unclosed king')).toEqual(['"unclosed', 'king']);
});

describe('neurons', () => {
  it('are asked for some layers at a time', () => {
    expect(layerPieces(6, null)).toEqual([
      [0, 1, 2, 3],
      [4, 5],
    ]);
    expect(layerPieces(6, 3)).toEqual([[3]]);
    expect(layerPieces(2, 3)).toEqual([[1]]); // chosen for a deeper model
  });

  it('are ranked over all pieces', () => {
    const pieces = [
      [neuron(0, 1, 3, 1), neuron(0, 2, -2, 9)],
      [neuron(4, 3, -5, 2), neuron(5, 4, 1, 4)],
    ];
    const names = (by: 'activation' | 'written') =>
      strongest(pieces, by, 3).map(({ name }) => name);
    expect(names('activation')).toEqual(['L4N3', 'L0N1', 'L0N2']);
    expect(names('written')).toEqual(['L0N2', 'L5N4', 'L4N3']);
  });

  it.each([
    ['L5N1234', 5, 1234],
    [' l0n7 ', 0, 7],
    ['5 12', 5, 12],
    ['5.12', 5, 12],
  ])('are found by the name %j', (name, layer, number) => {
    expect(readNeuronName(name)).toEqual({ layer, neuron: number });
  });

  it.each(['', 'L5', 'N3', 'L5H1', 'L-1N3', '512', 'L5N3x'])('are not named %j', (name) => {
    expect(readNeuronName(name)).toBeNull();
  });

  it('are a table', () => {
    const data = neuronsData(token({ index: 7 }), [3], 'activation', [neuron(3, 1, -0.5)]);
    expect(data.name).toBe('neurons-L3-7');
    expect(data.rows).toEqual([['L3N1', -0.5, 1, 0.1, '·a', '']]);
    expect(data.rows[0]).toHaveLength(data.columns.length);
  });
});

describe('a direction', () => {
  const term = (text: string, coefficient = 1) => ({ id: 1, text, coefficient, start: 0, end: 1 });
  const place = (id: number, projection: number, cosine: number) => ({
    id,
    text: ` t${id}`,
    projection,
    cosine,
  });
  const direction: TokenDirection = {
    from: { terms: [term(' man')], projection: -1, cosine: -0.5 },
    to: { terms: [term(' woman'), term(' x', -2)], projection: 2, cosine: 0.1 },
    matrix: 'embedding',
    tied: true,
    measure: 'dot',
    length: 3,
    toward: [place(10, 3, 0.2), place(11, 1, 0.3)],
    away: [place(12, -2, -0.1), place(11, 1, 0.3)],
  };

  it('is one list from end to end, each token once', () => {
    const ids = (places: ReturnType<typeof directionPlaces>) =>
      places.map(({ id, isEnd, text }) => (isEnd ? text : id));
    expect(ids(directionPlaces(direction))).toEqual([10, '·woman − 2 ·x', 11, '·man', 12]);
    const byAngle = directionPlaces({ ...direction, measure: 'cosine' });
    expect(ids(byAngle)).toEqual([11, 10, '·woman − 2 ·x', 12, '·man']);
  });

  it('says how an expression was understood', () => {
    expect(termsText([term(' a', -1), term(' b', 0.5), term('c', -3)])).toBe('− ·a + 0.5 ·b − 3 c');
  });
});

describe('labels', () => {
  const bounds = { width: 200, height: 100 };
  const point = (x: number, y: number, width = 30): LabelledPoint => ({ x, y, width, height: 14 });
  const boxes = (points: LabelledPoint[]) =>
    placeLabels(points, bounds).map(({ x, y }, i) => ({
      left: x,
      right: x + points[i]!.width,
      top: y - 7,
      bottom: y + 7,
    }));
  const overlap = (a: ReturnType<typeof boxes>[0], b: typeof a) =>
    a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom;

  it('stand right of a lonely point, and inside', () => {
    const [free, atTheEdge] = boxes([point(50, 50), point(195, 20)]);
    expect(free!.left).toBeGreaterThan(50);
    expect(atTheEdge!.right).toBeLessThan(195);
    expect(atTheEdge!.left).toBeGreaterThanOrEqual(0);
  });

  it('get out of each other’s way', () => {
    const placed = boxes([
      point(80, 50),
      point(84, 52),
      point(78, 47),
      point(86, 55),
      point(82, 44),
    ]);
    for (const [i, a] of placed.entries()) {
      for (const b of placed.slice(i + 1)) expect(overlap(a, b)).toBe(false);
    }
  });

  it('are all placed where there is no room, too', () => {
    const points = Array.from({ length: 60 }, (_, i) => point(100 + (i % 3), 50, 80));
    expect(placeLabels(points, bounds).every(({ x, y }) => isFinite(x) && isFinite(y))).toBe(true);
    expect(placeLabels([], bounds)).toEqual([]);
  });
});

it('counts are said as people say them', () => {
  expect(spokenCount(124_439_808)).toBe('124 million');
  expect(spokenCount(1_557_611_200)).toBe('1.56 billion');
  expect(spokenCount(174_604_259_328)).toBe('175 billion');
  expect(spokenCount(12_345)).toBe('12,345');
});

it('choices survive nonsense', () => {
  const saved = {
    neurons: { layer: -1, by: 'size', open: { layer: 1 } },
    embeddings: { view: 'globe', expression: 3, from: null, matrix: 'wte', finalNorm: 'yes' },
    config: { place: { known: 7 }, untied: 1 },
  };
  expect(restoreChoices(saved)).toEqual(defaultChoices);
  const good = {
    neurons: { layer: 2, by: 'written' as const, open: { layer: 1, neuron: 5 } },
    embeddings: { ...defaultChoices.embeddings, view: 'map' as const, expression: 'king' },
    config: { place: { path: '/a/config.json' }, untied: true },
  };
  expect(restoreChoices(structuredClone(good))).toEqual({ ...defaultChoices, ...good });
});
