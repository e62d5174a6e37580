/** What style sheets say of a drawing, as attributes. */
const properties = [
  'fill',
  'stroke',
  'stroke-width',
  'stroke-dasharray',
  'stroke-linejoin',
  'opacity',
  'font-family',
  'font-size',
  'text-anchor',
];

/**
 * A drawing of the page as a file of its own: its colours and letters, which come from the page's
 * style, are written into it, and the page's background is behind it.
 */
export function standaloneSvg(drawing: SVGSVGElement): string {
  const copy = drawing.cloneNode(true) as SVGSVGElement;
  const originals = [...drawing.querySelectorAll('*')];
  [...copy.querySelectorAll('*')].forEach((element, i) => {
    const style = getComputedStyle(originals[i]!);
    element.removeAttribute('class');
    for (const name of properties) element.setAttribute(name, style.getPropertyValue(name));
  });
  copy.setAttribute('xmlns', 'http://www.w3.org/2000/svg');
  copy.setAttribute('viewBox', `0 0 ${drawing.clientWidth} ${drawing.clientHeight}`);
  const behind = document.createElementNS('http://www.w3.org/2000/svg', 'rect');
  behind.setAttribute('width', '100%');
  behind.setAttribute('height', '100%');
  behind.setAttribute('fill', backgroundBehind(drawing));
  copy.prepend(behind);
  return new XMLSerializer().serializeToString(copy).replace(/<!--.*?-->/g, '');
}

/** The first background that is not transparent, going up from the drawing. */
function backgroundBehind(drawing: Element): string {
  let element: Element | null = drawing;
  while (element) {
    const { backgroundColor } = getComputedStyle(element);
    if (!/^rgba\(.*, 0\)$|^transparent$/.test(backgroundColor)) return backgroundColor;
    const root = element.getRootNode();
    element = element.parentElement ?? (root instanceof ShadowRoot ? root.host : null);
  }
  return 'white';
}
