import { blockFormats, iq4Values, type BlockDtype } from './blockFormats';

/**
 * Writes one block's values to `out` from `to` on.
 *
 * @param at where the block begins in `b`.
 */
type Dequantise = (b: Uint8Array, at: number, out: Float32Array, to: number) => void;

/**
 * The float32 values of whole blocks, bit by bit those of ggml's `dequantize_row_*`: a value is d·q,
 * or d·q + m with the block's minimum. Every product but Q6_K's last is exact in float32, so that
 * one rounding remains, the one on storing.
 */
export function dequantise(dtype: BlockDtype, bytes: Uint8Array): Float32Array {
  const { values, bytes: blockBytes } = blockFormats[dtype];
  const blocks = bytes.length / blockBytes;
  const block = formats[dtype];
  const out = new Float32Array(blocks * values);
  for (let i = 0; i < blocks; i++) block(bytes, i * blockBytes, out, i * values);
  return out;
}

const formats: Record<BlockDtype, Dequantise> = {
  Q8_0(b, at, out, to) {
    const d = half(b, at);
    for (let i = 0; i < 32; i++) out[to + i] = d * signed(b[at + 2 + i]!);
  },

  Q4_0(b, at, out, to) {
    const d = half(b, at);
    for (let i = 0; i < 16; i++) {
      const q = b[at + 2 + i]!;
      out[to + i] = d * ((q & 15) - 8);
      out[to + 16 + i] = d * ((q >> 4) - 8);
    }
  },

  Q4_1(b, at, out, to) {
    const d = half(b, at);
    const m = half(b, at + 2);
    for (let i = 0; i < 16; i++) {
      const q = b[at + 4 + i]!;
      out[to + i] = d * (q & 15) + m;
      out[to + 16 + i] = d * (q >> 4) + m;
    }
  },

  Q5_0(b, at, out, to) {
    const d = half(b, at);
    const fifth = word(b, at + 2); // bit i belongs to value i
    for (let i = 0; i < 16; i++) {
      const q = b[at + 6 + i]!;
      out[to + i] = d * (((q & 15) | (((fifth >>> i) & 1) << 4)) - 16);
      out[to + 16 + i] = d * (((q >> 4) | (((fifth >>> (i + 16)) & 1) << 4)) - 16);
    }
  },

  Q5_1(b, at, out, to) {
    const d = half(b, at);
    const m = half(b, at + 2);
    const fifth = word(b, at + 4);
    for (let i = 0; i < 16; i++) {
      const q = b[at + 8 + i]!;
      out[to + i] = d * ((q & 15) | (((fifth >>> i) & 1) << 4)) + m;
      out[to + 16 + i] = d * ((q >> 4) | (((fifth >>> (i + 16)) & 1) << 4)) + m;
    }
  },

  // 16 groups of 16 values; scales[16], qs[64], d, dmin
  Q2_K(b, at, out, to) {
    const d = half(b, at + 80);
    const dmin = half(b, at + 82);
    for (let group = 0; group < 16; group++) {
      const packed = b[at + group]!;
      const scale = d * (packed & 15);
      const min = dmin * (packed >> 4);
      const shift = 2 * ((group >> 1) & 3);
      const from = at + 16 + 32 * (group >> 3) + 16 * (group & 1);
      for (let i = 0; i < 16; i++) {
        out[to + 16 * group + i] = scale * ((b[from + i]! >> shift) & 3) - min;
      }
    }
  },

  // 16 groups of 16 values; hmask[32], qs[64], scales[12], d
  Q3_K(b, at, out, to) {
    const d = half(b, at + 108);
    for (let group = 0; group < 16; group++) {
      const low = (b[at + 96 + (group & 7)]! >> (group < 8 ? 0 : 4)) & 15;
      const high = (b[at + 104 + (group & 3)]! >> (2 * (group >> 2))) & 3;
      const scale = d * ((low | (high << 4)) - 32);
      const shift = 2 * ((group >> 1) & 3);
      const bit = group >> 1;
      const from = 16 * (group & 1);
      for (let i = 0; i < 16; i++) {
        const twoBits = (b[at + 32 + 32 * (group >> 3) + from + i]! >> shift) & 3;
        const third = (b[at + from + i]! >> bit) & 1;
        out[to + 16 * group + i] = scale * ((twoBits | (third << 2)) - 4);
      }
    }
  },

  // 8 groups of 32 values; d, dmin, scales[12], qs[128]
  Q4_K(b, at, out, to) {
    for (let group = 0; group < 8; group++) {
      const scale = half(b, at) * sixBitScale(b, at + 4, group);
      const min = half(b, at + 2) * sixBitMinimum(b, at + 4, group);
      const shift = 4 * (group & 1);
      const from = at + 16 + 32 * (group >> 1);
      for (let i = 0; i < 32; i++) {
        out[to + 32 * group + i] = scale * ((b[from + i]! >> shift) & 15) - min;
      }
    }
  },

  // 8 groups of 32 values; d, dmin, scales[12], qh[32], qs[128]
  Q5_K(b, at, out, to) {
    for (let group = 0; group < 8; group++) {
      const scale = half(b, at) * sixBitScale(b, at + 4, group);
      const min = half(b, at + 2) * sixBitMinimum(b, at + 4, group);
      const shift = 4 * (group & 1);
      const from = at + 48 + 32 * (group >> 1);
      for (let i = 0; i < 32; i++) {
        const fifth = (b[at + 16 + i]! >> group) & 1;
        out[to + 32 * group + i] = scale * (((b[from + i]! >> shift) & 15) | (fifth << 4)) - min;
      }
    }
  },

  // 16 groups of 16 values; ql[128], qh[64], scales[16], d
  Q6_K(b, at, out, to) {
    const d = half(b, at + 208);
    for (let group = 0; group < 16; group++) {
      const scale = d * signed(b[at + 192 + group]!);
      const inHalf = group & 7; // each half of the block has 64 bytes of ql and 32 of qh
      const low = at + 64 * (group >> 3) + 16 * (inHalf & 3);
      const high = at + 128 + 32 * (group >> 3) + 16 * (inHalf & 1);
      const lowShift = inHalf < 4 ? 0 : 4;
      const highShift = 2 * (inHalf >> 1);
      for (let i = 0; i < 16; i++) {
        const q = ((b[low + i]! >> lowShift) & 15) | (((b[high + i]! >> highShift) & 3) << 4);
        out[to + 16 * group + i] = scale * (q - 32);
      }
    }
  },

  IQ4_NL(b, at, out, to) {
    const d = half(b, at);
    for (let i = 0; i < 16; i++) {
      const q = b[at + 2 + i]!;
      out[to + i] = d * iq4Values[q & 15]!;
      out[to + 16 + i] = d * iq4Values[q >> 4]!;
    }
  },

  // 8 groups of 32 values; d, scales_h[2], scales_l[4], qs[128]
  IQ4_XS(b, at, out, to) {
    const d = half(b, at);
    for (let group = 0; group < 8; group++) {
      const low = (b[at + 4 + (group >> 1)]! >> (4 * (group & 1))) & 15;
      const high = (b[at + 2 + (group >> 2)]! >> (2 * (group & 3))) & 3;
      const scale = d * ((low | (high << 4)) - 32);
      for (let i = 0; i < 16; i++) {
        const q = b[at + 8 + 16 * group + i]!;
        out[to + 32 * group + i] = scale * iq4Values[q & 15]!;
        out[to + 32 * group + 16 + i] = scale * iq4Values[q >> 4]!;
      }
    }
  },
};

/** The 6-bit scale of a group, from the 12 bytes of Q4_K and Q5_K. */
function sixBitScale(b: Uint8Array, at: number, group: number): number {
  if (group < 4) return b[at + group]! & 63;
  return (b[at + group + 4]! & 15) | ((b[at + group - 4]! >> 6) << 4);
}

/** The 6-bit minimum of a group, from the same bytes. */
function sixBitMinimum(b: Uint8Array, at: number, group: number): number {
  if (group < 4) return b[at + group + 4]! & 63;
  return (b[at + group + 4]! >> 4) | ((b[at + group]! >> 6) << 4);
}

function word(b: Uint8Array, at: number): number {
  return b[at]! | (b[at + 1]! << 8) | (b[at + 2]! << 16) | (b[at + 3]! << 24);
}

function signed(byte: number): number {
  return (byte << 24) >> 24;
}

function half(b: Uint8Array, at: number): number {
  return halves[b[at]! | (b[at + 1]! << 8)]!;
}

/** Every half-precision number (IEEE 754 binary16), by its bits. */
const halves = Float32Array.from({ length: 2 ** 16 }, (_, bits) => {
  const sign = bits >> 15 ? -1 : 1;
  const exponent = (bits >> 10) & 31;
  const fraction = bits & 1023;
  if (exponent === 0) return sign * fraction * 2 ** -24;
  if (exponent === 31) return fraction ? NaN : sign * Infinity;
  return sign * (1 + fraction / 1024) * 2 ** (exponent - 15);
});
