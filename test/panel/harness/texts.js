/** Texts that are hard to show well. */
export const sentence =
  'The quick brown fox jumps over the lazy dog, and the lazy dog does not even look up.';

export const code = [
  'export function logSumExp(logits: ArrayLike<number>): number {',
  '\tlet max = -Infinity;\r',
  '\tfor (let i = 0; i < logits.length; i++) {',
  '\t\tmax = Math.max(max, logits[i]!);',
  '\t}',
  '',
  '\treturn max;    // the largest',
  '}',
  '',
].join('\n');

export const scripts = [
  'Naïve café — 北京是中国的首都。',
  'שלום עולם, مرحبا بالعالم! نص عربي',
  'Emoji: 👩‍👩‍👧‍👦 🏳️‍🌈 🇺🇦 e\u0301 \u202Eevil\u202C end',
  '<b>bold</b> &amp; "quotes" <|endoftext|>',
].join('\n');

const paragraph = [
  'A generative pre-trained transformer takes a piece of text and predicts what comes next, as a',
  'probability distribution over the next pieces. The text is cut into tokens; each token becomes a',
  'vector; the vectors pass through attention blocks, where they talk to each other, and through',
  'multilayer perceptrons, where they do not. The last vector is mapped to one number per token of',
  'the vocabulary, and softmax turns these numbers into probabilities.\n\n',
].join(' ');

export const long = paragraph.repeat(20);
