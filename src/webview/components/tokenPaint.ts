import { cssColor } from '../drawing/color';
import type { Tint } from '../drawing/tokenScale';

/** Writes a tint onto a token's text; none where nothing was expected. */
export function tintItem(text: HTMLElement, tint: Tint | null | undefined): void {
  text.classList.toggle('none', !tint);
  for (let level = 0; level <= 4; level++) {
    text.classList.toggle(`l${level}`, tint?.level === level);
  }
  if (tint) {
    text.style.setProperty('--tint', cssColor(tint.background));
    text.style.setProperty('--ink', cssColor(tint.ink));
  } else {
    text.style.removeProperty('--tint');
    text.style.removeProperty('--ink');
  }
}

/** Scrolls `parent` alone: whoever chose the token elsewhere in the panel stays where they are. */
export function scrollIntoParent(item: HTMLElement, parent: HTMLElement): void {
  const [inner, outer] = [item.getBoundingClientRect(), parent.getBoundingClientRect()];
  if (inner.top >= outer.top && inner.bottom <= outer.bottom) return;
  parent.scrollTop += (inner.top + inner.bottom - outer.top - outer.bottom) / 2;
}
