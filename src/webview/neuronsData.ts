import type { InspectedToken } from '../protocol/inspection';
import type {
  ActiveNeuron,
  NeuronAlongText,
  NeuronMeasure,
  WeighedToken,
} from '../protocol/neurons';
import { displayToken } from '../tokenizer/tokenDisplay';
import type { SectionTable } from './sectionTable';

/** So many layers are asked for at once. */
const layersAtOnce = 4;

/** The layers of a model in pieces that each take a moment; one chosen layer is a piece of its own. */
export function layerPieces(nLayer: number, layer: number | null): number[][] {
  if (layer !== null) return [[Math.min(layer, nLayer - 1)]];
  const all = Array.from({ length: nLayer }, (_, i) => i);
  return Array.from({ length: Math.ceil(nLayer / layersAtOnce) }, (_, i) =>
    all.slice(i * layersAtOnce, (i + 1) * layersAtOnce),
  );
}

/** The strongest neurons of several pieces. */
export function strongest(
  pieces: readonly (readonly ActiveNeuron[])[],
  by: NeuronMeasure,
  topK: number,
): ActiveNeuron[] {
  const strength = (neuron: ActiveNeuron) =>
    by === 'activation' ? Math.abs(neuron.activation) : neuron.written;
  return pieces
    .flat()
    .sort((a, b) => strength(b) - strength(a))
    .slice(0, topK);
}

/** `L5N1234` (or 5 N 1234, l5n1234) as a layer and a neuron; null where it is no such name. */
export function readNeuronName(name: string): { layer: number; neuron: number } | null {
  const found = /^\s*L?(\d{1,6})\s*[N.,\s]\s*(\d{1,9})\s*$/i.exec(name);
  return found ? { layer: Number(found[1]), neuron: Number(found[2]) } : null;
}

/** The most active neurons as a table. */
export function neuronsData(
  token: InspectedToken,
  layers: readonly number[],
  by: NeuronMeasure,
  neurons: readonly ActiveNeuron[],
): SectionTable {
  const where = layers.length === 1 ? `L${layers[0]}` : 'all-layers';
  return {
    name: `neurons-${where}-${token.index}`,
    columns: ['neuron', 'activation', 'written', 'share of layer', 'promotes', 'suppresses'],
    rows: neurons.map(({ name, activation, written, share, promotes, suppresses }) => [
      name,
      activation,
      written,
      share,
      tokenList(promotes),
      tokenList(suppresses),
    ]),
    json: { layers, position: token.index, by, neurons },
  };
}

/** One neuron along the text as a table. */
export function neuronData(
  { activations, ...neuron }: NeuronAlongText,
  tokens: readonly InspectedToken[],
): SectionTable {
  return {
    name: `neuron-${neuron.name}`,
    columns: ['token', 'text', `activation of ${neuron.name}`],
    rows: tokens.map(({ index, text }) => [index, displayToken(text), activations[index] ?? null]),
    json: {
      ...neuron,
      tokens: tokens.map(({ index, id, text }) => ({
        index,
        id,
        text,
        activation: activations[index],
      })),
    },
  };
}

function tokenList(tokens: readonly WeighedToken[]): string {
  return tokens.map(({ text }) => displayToken(text)).join('  ');
}
