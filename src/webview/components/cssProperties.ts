import { type ElementPart, noChange } from 'lit';
import { Directive, directive } from 'lit/directive.js';

/**
 * Sets CSS properties through the object model, `<i ${cssProperties({ '--share': '0.5' })}>`: the
 * content security policy lets no `style` attribute through.
 */
class CssProperties extends Directive {
  override render(_properties: Record<string, string | null>): typeof noChange {
    return noChange;
  }

  override update(part: ElementPart, [properties]: [Record<string, string | null>]) {
    const { style } = part.element as HTMLElement;
    for (const [name, value] of Object.entries(properties)) {
      if (value === null) style.removeProperty(name);
      else style.setProperty(name, value);
    }
    return noChange;
  }
}

export const cssProperties = directive(CssProperties);
