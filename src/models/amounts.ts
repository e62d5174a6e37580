/** 548105171 → "548 MB". Decimal units, as disks and downloads are sold in. */
export function formatBytes(bytes: number): string {
  if (bytes < 1000) return `${Math.round(bytes)} B`;
  return scaled(bytes, ['kB', 'MB', 'GB', 'TB'], ' ');
}

/** 124439808 → "124M", as models' names have it. */
export function formatParameters(parameters: number): string {
  return parameters < 1000 ? String(parameters) : scaled(parameters, ['k', 'M', 'B', 'T'], '');
}

/** Two or three digits that say something, and the unit. */
function scaled(value: number, units: string[], space: string): string {
  let unit = 0;
  let amount = value / 1000;
  while (amount >= 999.5 && unit < units.length - 1) {
    amount /= 1000;
    unit++;
  }
  const shown = amount < 9.95 ? amount.toFixed(1).replace(/\.0$/, '') : amount.toFixed(0);
  return `${shown}${space}${units[unit]}`;
}

/** 95 → "2 min left" in rough steps, so that it does not flicker. */
export function formatTimeLeft(seconds: number): string {
  if (seconds < 5) return 'a few seconds left';
  if (seconds < 55) return `${Math.ceil(seconds / 5) * 5} s left`;
  const minutes = Math.ceil(seconds / 60);
  if (minutes < 60) return `${minutes} min left`;
  const hours = Math.round(seconds / 360) / 10;
  return `${hours} h left`;
}
