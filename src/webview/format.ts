/** Numbers and bytes as the panel writes them. */

const whole = new Intl.NumberFormat('en-US', { maximumFractionDigits: 0 });
const oneDecimal = new Intl.NumberFormat('en-US', {
  minimumFractionDigits: 1,
  maximumFractionDigits: 1,
});
const three = new Intl.NumberFormat('en-US', {
  minimumSignificantDigits: 3,
  maximumSignificantDigits: 3,
});

/** 50,257 */
export function count(value: number): string {
  return whole.format(value);
}

/** 1 token, 37 tokens */
export function counted(value: number, noun: string): string {
  return `${count(value)} ${noun}${value === 1 ? '' : 's'}`;
}

/** Three digits that mean something: 91.2%, 4.52%, 0.0451%, 3.1×10⁻⁷%. */
export function percent(probability: number): string {
  const value = probability * 100;
  if (value >= 99.95 && value < 100) return `${almostAll(value)}%`;
  if (value === 0 || value >= 100) return `${value}%`;
  return `${value >= 0.001 ? three.format(value) : powerOfTen(value)}%`;
}

/** Nats as bits, to two decimals. */
export function bits(nats: number): string {
  return `${(nats / Math.LN2).toFixed(2)} bits`;
}

/** A number with three significant digits, and thousands separated. */
export function figure(value: number): string {
  return Math.abs(value) >= 1000 ? whole.format(value) : three.format(value);
}

/** A signed number with a real minus sign, to `digits` decimals. */
export function signed(value: number, digits = 2): string {
  const text = Math.abs(value).toFixed(digits);
  return value < 0 && Number(text) !== 0 ? `−${text}` : text;
}

/** 12,345.6 */
export function tenths(value: number): string {
  return oneDecimal.format(value);
}

/** What is added: always with its sign. */
export function change(value: number, digits = 3): string {
  const text = signed(value, digits);
  return text.startsWith('−') ? text : `+${text}`;
}

/** A number in a table: whole ones as they are, others to four significant digits. */
export function tableNumber(value: number): string {
  if (Number.isInteger(value)) return signed(value, 0);
  const size = Math.abs(value);
  if (size < 1e-4 || size >= 1e6) return (value < 0 ? '−' : '') + powerOfTen(size);
  return signed(value, Math.max(0, 3 - Math.floor(Math.log10(size))));
}

/** 0.412; 3.1×10⁻⁵ where three decimals would say nothing. */
export function weight(value: number): string {
  return value === 0 || value >= 0.0005 ? value.toFixed(3) : powerOfTen(value);
}

/** a; a and b; a, b and c */
export function listed(parts: readonly string[]): string {
  return parts.length < 2 ? parts.join('') : `${parts.slice(0, -1).join(', ')} and ${parts.at(-1)}`;
}

/** 20 66 6F 78 */
export function hex(bytes: readonly number[]): string {
  return bytes.map((byte) => byte.toString(16).padStart(2, '0').toUpperCase()).join(' ');
}

/** Not rounded up: a probability below one is never written as 100%. */
function almostAll(value: number): string {
  return value >= 99.999 ? '>99.999' : (Math.floor(value * 1000) / 1000).toFixed(3);
}

function powerOfTen(value: number): string {
  const [digits, exponent] = value.toExponential(1).split('e') as [string, string];
  const raised = exponent.replace(/./g, (sign) =>
    sign === '-' ? '⁻' : '⁰¹²³⁴⁵⁶⁷⁸⁹'[Number(sign)]!,
  );
  return `${digits}×10${raised}`;
}
