import { parseColor, type Rgb } from './color';
import { isDark, type Theme, type ThemeKind } from './theme';

/** The colour theme that VS Code wrote onto the page. */
export function readTheme(): Theme {
  const kind = readKind(document.body.classList);
  const style = getComputedStyle(document.documentElement);
  const color = (name: string, fallback: Rgb) =>
    parseColor(style.getPropertyValue(name), fallback) ?? fallback;
  const dark = isDark(kind);
  const background = color('--vscode-editor-background', dark ? [31, 31, 31] : [255, 255, 255]);
  const over = (name: string, fallback: Rgb) =>
    parseColor(style.getPropertyValue(name), background) ?? fallback;
  const foreground = over('--vscode-editor-foreground', dark ? [204, 204, 204] : [59, 59, 59]);
  return {
    kind,
    background,
    foreground,
    muted: over('--vscode-descriptionForeground', foreground),
    focus: over('--vscode-focusBorder', foreground),
    font: style.getPropertyValue('--vscode-editor-font-family') || 'monospace',
  };
}

/** Tells of every change of the colour theme, of fonts, and of the screen's pixel ratio. */
export function onAppearanceChange(changed: () => void): () => void {
  const observer = new MutationObserver(changed);
  observer.observe(document.documentElement, { attributes: true, attributeFilter: ['style'] });
  observer.observe(document.body, { attributes: true, attributeFilter: ['class', 'style'] });

  // A media query knows only the ratio it was made for: made anew after each change.
  let resolution: MediaQueryList;
  const ratioChanged = () => {
    watchRatio();
    changed();
  };
  const watchRatio = () => {
    resolution?.removeEventListener('change', ratioChanged);
    resolution = matchMedia(`(resolution: ${devicePixelRatio}dppx)`);
    resolution.addEventListener('change', ratioChanged);
  };
  watchRatio();

  return () => {
    observer.disconnect();
    resolution.removeEventListener('change', ratioChanged);
  };
}

function readKind(classes: DOMTokenList): ThemeKind {
  // The light high-contrast theme carries both of these classes.
  if (classes.contains('vscode-high-contrast-light')) return 'hcLight';
  if (classes.contains('vscode-high-contrast')) return 'hcDark';
  return classes.contains('vscode-light') ? 'light' : 'dark';
}
