/**
 * Numbers as text, in English as everything else here. Each format is made with its first number: what
 * the first of them loads of the world's languages would be a third of the extension's start-up.
 */
function format(options: Intl.NumberFormatOptions): (value: number) => string {
  let made: Intl.NumberFormat | undefined;
  return (value) => (made ??= new Intl.NumberFormat('en-US', options)).format(value);
}

/** 12,346 */
export const count = format({ maximumFractionDigits: 0 });

/** 12,345.6 */
export const tenths = format({ minimumFractionDigits: 1, maximumFractionDigits: 1 });

/** 0.0123, 1.23, 12,300 */
export const threeFigures = format({ maximumSignificantDigits: 3 });
