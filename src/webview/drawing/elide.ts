/** The text as far as it fits, isolated so that its direction stays its own. */
export function elide(context: CanvasRenderingContext2D, text: string, room: number): string {
  const isolate = (part: string) => `\u2068${part}\u2069`;
  if (context.measureText(text).width <= room) return isolate(text);
  const characters = [...text];
  let keep = characters.length;
  const shortened = () => `${characters.slice(0, keep).join('')}…`;
  while (keep > 1 && context.measureText(shortened()).width > room) keep--;
  return isolate(shortened());
}
