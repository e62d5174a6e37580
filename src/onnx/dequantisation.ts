import { iq4Values, type BlockDtype } from '../weights/blockFormats';
import type { GraphBuilder, Value } from './graphBuilder';

/** Part of every block: bytes `start` to `end`, read as one of these types; [n, elements]. */
export type BlockBytes = (type: 'U8' | 'I8' | 'F16', start: number, end: number) => Value;

/** Adds the operators that turn n blocks into their float32 values, [n, values] or split further. */
type Dequantise = (g: GraphBuilder, block: BlockBytes) => Value;

/**
 * ggml's block formats as operators, for rows that are gathered from a large table while the graph
 * runs; whole matrices go through `weights/dequantise`, which explains the layouts and rounds alike.
 */
export const dequantisation: Record<BlockDtype, Dequantise> = {
  Q8_0: (g, block) => scaled(g, g.cast(block('I8', 2, 34), 'F32'), half(g, block, 0)),

  Q4_0: (g, block) => scaled(g, centredAt(g, 8, nibbles(g, block('U8', 2, 18))), half(g, block, 0)),

  Q4_1(g, block) {
    const q = g.cast(nibbles(g, block('U8', 4, 20)), 'F32');
    return g.op('Add', [scaled(g, q, half(g, block, 0)), half(g, block, 2)]);
  },

  Q5_0(g, block) {
    const q = joined(g, nibbles(g, block('U8', 6, 22)), fifthBits(g, block('U8', 2, 6)), 4);
    return scaled(g, centredAt(g, 16, q), half(g, block, 0));
  },

  Q5_1(g, block) {
    const q = joined(g, nibbles(g, block('U8', 8, 24)), fifthBits(g, block('U8', 4, 8)), 4);
    return g.op('Add', [scaled(g, g.cast(q, 'F32'), half(g, block, 0)), half(g, block, 2)]);
  },

  Q2_K(g, block) {
    const scales = block('U8', 0, 16);
    const d = scaled(g, g.cast(masked(g, scales, 15), 'F32'), half(g, block, 80)); // [n, 16]
    const m = scaled(g, g.cast(shifted(g, scales, 4), 'F32'), half(g, block, 82)); // [n, 16]
    const q = bits(g, g.reshape(block('U8', 16, 80), [-1, 2, 1, 32]), 4, 2);
    const groups = g.cast(g.reshape(q, [-1, 16, 16]), 'F32');
    return g.op('Sub', [scaled(g, groups, perGroup(g, d, 16)), perGroup(g, m, 16)]);
  },

  Q3_K(g, block) {
    const low = nibbles(g, block('U8', 96, 104)); // [n, 16]
    const high = bits(g, g.reshape(block('U8', 104, 108), [-1, 1, 4]), 4, 2); // [n, 4, 4]
    const scales = centredAt(g, 32, joined(g, low, g.reshape(high, [-1, 16]), 4));
    const d = scaled(g, scales, half(g, block, 108)); // [n, 16]
    const lowBits = bits(g, g.reshape(block('U8', 32, 96), [-1, 2, 1, 32]), 4, 2);
    const highBit = bits(g, g.reshape(block('U8', 0, 32), [-1, 1, 32]), 8, 1);
    const [a, b] = [lowBits, highBit].map((x) => g.reshape(x, [-1, 16, 16]));
    return scaled(g, centredAt(g, 4, joined(g, a!, b!, 2)), perGroup(g, d, 16));
  },

  Q4_K(g, block) {
    const q = bits(g, g.reshape(block('U8', 16, 144), [-1, 4, 1, 32]), 2, 4);
    return scaledGroups(g, block, g.reshape(q, [-1, 8, 32]));
  },

  Q5_K(g, block) {
    const low = bits(g, g.reshape(block('U8', 48, 176), [-1, 4, 1, 32]), 2, 4);
    const fifth = bits(g, g.reshape(block('U8', 16, 48), [-1, 1, 32]), 8, 1); // [n, 8, 32]
    return scaledGroups(g, block, joined(g, g.reshape(low, [-1, 8, 32]), fifth, 4));
  },

  Q6_K(g, block) {
    const d = scaled(g, g.cast(block('I8', 192, 208), 'F32'), half(g, block, 208)); // [n, 16]
    const low = bits(g, g.reshape(block('U8', 0, 128), [-1, 2, 1, 64]), 2, 4);
    const high = bits(g, g.reshape(block('U8', 128, 192), [-1, 2, 1, 32]), 4, 2);
    const [a, b] = [low, high].map((x) => g.reshape(x, [-1, 16, 16]));
    return scaled(g, centredAt(g, 32, joined(g, a!, b!, 4)), perGroup(g, d, 16));
  },

  IQ4_NL: (g, block) => scaled(g, iq4(g, nibbles(g, block('U8', 2, 18))), half(g, block, 0)),

  IQ4_XS(g, block) {
    const low = bits(g, g.reshape(block('U8', 4, 8), [-1, 4, 1, 1]), 2, 4);
    const high = bits(g, g.reshape(block('U8', 2, 4), [-1, 2, 1, 1]), 4, 2);
    const [a, b] = [low, high].map((x) => g.reshape(x, [-1, 8]));
    const d = scaled(g, centredAt(g, 32, joined(g, a!, b!, 4)), half(g, block, 0)); // [n, 8]
    const q = bits(g, g.reshape(block('U8', 8, 136), [-1, 8, 1, 16]), 2, 4); // [n, 8, 2, 16]
    return scaled(g, g.reshape(iq4(g, q), [-1, 8, 32]), perGroup(g, d, 8));
  },
};

/** Q4_K and Q5_K: 8 groups of 32, each with a scale and a minimum of 6 bits in 12 packed bytes. */
function scaledGroups(g: GraphBuilder, block: BlockBytes, q: Value): Value {
  const [a, b, c] = [block('U8', 4, 8), block('U8', 8, 12), block('U8', 12, 16)] as const;
  // The first four lie in the low six bits of a and b; the last four have their low bits in c.
  const lastOf = (low: Value, first: Value) =>
    g.op('BitwiseOr', [low, masked(g, shifted(g, first, 2), 0x30)]);
  const scales = [masked(g, a, 63), lastOf(masked(g, c, 15), a)];
  const minima = [masked(g, b, 63), lastOf(shifted(g, c, 4), b)];
  const [d, m] = [scales, minima].map((halves, i) => {
    const sixBits = g.cast(g.op('Concat', halves, { axis: 1n }), 'F32'); // [n, 8]
    return perGroup(g, scaled(g, sixBits, half(g, block, 2 * i)), 8);
  });
  return g.op('Sub', [scaled(g, g.cast(q, 'F32'), d!), m!]);
}

/** The numbers that IQ4's codes stand for. */
function iq4(g: GraphBuilder, codes: Value): Value {
  const values = g.constant('F32', [...iq4Values]);
  return g.op('Gather', [values, g.cast(codes, 'I32')], { axis: 0n });
}

function scaled(g: GraphBuilder, q: Value, scale: Value): Value {
  return g.op('Mul', [q, scale]);
}

/** The half-precision number at a byte of each block: [n, 1] float32. */
function half(g: GraphBuilder, block: BlockBytes, at: number): Value {
  return g.cast(block('F16', at, at + 2), 'F32');
}

/** A number for each group of a block, [n, groups] → [n, groups, 1]. */
function perGroup(g: GraphBuilder, x: Value, groups: number): Value {
  return g.reshape(x, [-1, groups, 1]);
}

/** Unsigned numbers as float32 with `zero` taken off. */
function centredAt(g: GraphBuilder, zero: number, q: Value): Value {
  return g.op('Sub', [g.cast(q, 'F32'), g.constant('F32', [zero], [])]);
}

/** [n, k] bytes → [n, 2k]: all low halves, then all high halves. */
function nibbles(g: GraphBuilder, bytes: Value): Value {
  return g.op('Concat', [masked(g, bytes, 15), shifted(g, bytes, 4)], { axis: 1n });
}

/** A bit for each of 32 values, from 4 bytes: [n, 4] → [n, 32]. */
function fifthBits(g: GraphBuilder, bytes: Value): Value {
  return g.reshape(bits(g, g.reshape(bytes, [-1, 4, 1, 1]), 8, 1), [-1, 32]);
}

/** Splits bytes [.., 1, k] into `count` parts of `width` bits, the lowest first: [.., count, k]. */
function bits(g: GraphBuilder, bytes: Value, count: number, width: number): Value {
  const shifts = g.constant(
    'U8',
    Array.from({ length: count }, (_, i) => i * width),
    [count, 1],
  );
  const parts = g.op('BitShift', [bytes, shifts], { direction: 'RIGHT' });
  return masked(g, parts, 2 ** width - 1);
}

/** Small numbers with further bits on top: low | high << at. */
function joined(g: GraphBuilder, low: Value, high: Value, at: number): Value {
  const shift = g.constant('U8', [at], []);
  return g.op('BitwiseOr', [low, g.op('BitShift', [high, shift], { direction: 'LEFT' })]);
}

function masked(g: GraphBuilder, bytes: Value, mask: number): Value {
  return g.op('BitwiseAnd', [bytes, g.constant('U8', [mask], [])]);
}

function shifted(g: GraphBuilder, bytes: Value, by: number): Value {
  return g.op('BitShift', [bytes, g.constant('U8', [by], [])], { direction: 'RIGHT' });
}
