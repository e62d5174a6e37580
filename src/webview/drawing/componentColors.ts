import { mix, parseColor, type Rgb } from './color';
import { isDark, type Theme } from './theme';

/** Parts of a model that belong together have one hue; what a hue stands for is written beside it. */
const hues: Record<string, { light: string; dark: string; shade: number }> = {
  embedding: { light: '#1f6fc4', dark: '#4aa3ff', shade: 0 },
  'position embedding': { light: '#1f6fc4', dark: '#4aa3ff', shade: 0.45 },
  Q: { light: '#7a3fb0', dark: '#b98aff', shade: 0 },
  K: { light: '#7a3fb0', dark: '#b98aff', shade: 0.2 },
  V: { light: '#7a3fb0', dark: '#b98aff', shade: 0.38 },
  'attention output': { light: '#7a3fb0', dark: '#b98aff', shade: 0.55 },
  'MLP gate': { light: '#c05a00', dark: '#ff9d45', shade: 0.2 },
  'MLP up': { light: '#c05a00', dark: '#ff9d45', shade: 0 },
  'MLP down': { light: '#c05a00', dark: '#ff9d45', shade: 0.4 },
  unembedding: { light: '#0f7d6a', dark: '#3fd0b4', shade: 0 },
};

/** The colour of a part of the model, some way towards the background by its shade. */
export function componentColor({ kind, background, muted }: Theme, component: string): Rgb {
  const hue = hues[component];
  if (!hue) return muted;
  return mix(parseColor(isDark(kind) ? hue.dark : hue.light)!, background, hue.shade);
}
