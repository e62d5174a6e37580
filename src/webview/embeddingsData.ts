import type { NearestTokens, TokenDirection, TokenMap } from '../protocol/embeddings';
import { displayToken } from '../tokenizer/tokenDisplay';
import type { SectionTable } from './sectionTable';

/** The nearest tokens as a table. */
export function nearestData(nearest: NearestTokens): SectionTable {
  return {
    name: 'nearest-tokens',
    columns: ['token', 'id', nearest.measure],
    rows: nearest.tokens.map(({ text, id, score }) => [displayToken(text), id, score]),
    json: nearest,
  };
}

/** One token on the line of a direction. */
export interface DirectionPlace {
  id: number;
  text: string;
  projection: number;
  cosine: number;
  /** It is an end of the direction itself. */
  isEnd: boolean;
}

/** Everything on the line of a direction, from `to` back to `from`. */
export function directionPlaces({
  from,
  to,
  toward,
  away,
  measure,
}: TokenDirection): DirectionPlace[] {
  const ends = [to, from].map(({ terms, projection, cosine }) => ({
    id: terms[0]!.id,
    text: termsText(terms),
    projection,
    cosine,
    isEnd: true,
  }));
  const others = [...toward, ...away].map((token) => ({ ...token, isEnd: false }));
  // A token can be at both ends only where the vocabulary is smaller than the lists.
  const once = others.filter(({ id }, i) => others.findIndex((other) => other.id === id) === i);
  const value = (place: DirectionPlace) => (measure === 'dot' ? place.projection : place.cosine);
  return [...ends, ...once].sort((a, b) => value(b) - value(a));
}

/** A direction as a table. */
export function directionData(direction: TokenDirection): SectionTable {
  return {
    name: 'direction',
    columns: ['token', 'id', 'projection', 'cosine', 'end'],
    rows: directionPlaces(direction).map(({ text, id, projection, cosine, isEnd }) => [
      isEnd ? text : displayToken(text),
      id,
      projection,
      cosine,
      isEnd ? 'yes' : '',
    ]),
    json: direction,
  };
}

/** A map as a table. */
export function mapData(map: TokenMap): SectionTable {
  return {
    name: 'token-map',
    columns: ['token', 'id', 'x', 'y'],
    rows: map.points.map(({ text, id, x, y }) => [displayToken(text), id, x, y]),
    json: map,
  };
}

/** `·king − ·man + 2 ·woman`: an expression as it was understood. */
export function termsText(terms: NearestTokens['terms']): string {
  return terms
    .map(({ coefficient, text }, i) => {
      const sign = coefficient < 0 ? '− ' : i === 0 ? '' : '+ ';
      const size = Math.abs(coefficient);
      return `${sign}${size === 1 ? '' : `${size} `}${displayToken(text)}`;
    })
    .join(' ');
}
