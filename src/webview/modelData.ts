import type { ModelDescription } from '../protocol/inspection';
import type { ConfigDescription, ParameterCounts } from '../protocol/modelPage';
import { count, figure, tableNumber } from './format';
import type { SectionTable } from './sectionTable';

/** One line of a table of facts. */
export interface Fact {
  name: string;
  value: string;
  about: string;
}

/** What is counted: as the configuration says, or with an unembedding matrix of its own. */
export function countsOf(model: ConfigDescription, untied: boolean): ParameterCounts {
  return (untied ? model.untied : null) ?? model;
}

/** What is known of a model; more of the one that is loaded. */
export function modelFacts(
  model: ConfigDescription,
  loaded: ModelDescription | null,
  sha256: string | null,
): Fact[] {
  const facts = [...shapeFacts(model, loaded), ...architectureFacts(model)];
  if (loaded) {
    const { dtype, bytes, tokenizer, bosToken, addsBos } = loaded;
    facts.push(
      fact('Weights', `${dtype}, ${megabytes(bytes)}`, 'As stored; all arithmetic is float32'),
      fact('Tokenizer', tokenizer, 'The vocabulary by which text is cut into tokens'),
      ...(bosToken
        ? [
            fact(
              'Beginning of text',
              `${bosToken}, ${addsBos ? 'put in front' : 'not put in front'}`,
              'Whether the model was trained with this token before each text; ' +
                'the setting forwardPass.beginningOfText changes it',
            ),
          ]
        : []),
      fact('SHA-256', sha256 ?? '…', "Of the weights' file"),
    );
  }
  return facts;
}

function shapeFacts(model: ConfigDescription, loaded: ModelDescription | null): Fact[] {
  const { family, nLayer, nHead, nKvHead, dHead, nEmbd, nInner, gatedMlp, nCtx, vocabSize } = model;
  return [
    fact('Family', family, 'As model_type in config.json'),
    fact('Layers', count(nLayer), 'Blocks of attention and MLP, one after the other (nLayer)'),
    fact(
      'Heads',
      `${count(nHead)} per layer, ${count(dHead)} wide`,
      'Attention heads (nHead), and the length of their queries, keys and values (dHead)',
    ),
    ...when(nKvHead !== nHead, () =>
      fact(
        'Keys, values',
        `${count(nKvHead)} per layer, each for ${count(nHead / nKvHead)} heads`,
        'Heads next to each other share one set of keys and values (nKvHead)',
      ),
    ),
    fact('Width', count(nEmbd), 'Length of the vectors in the residual stream (nEmbd)'),
    fact(
      'Neurons',
      `${count(nInner)} per layer${gatedMlp ? ', gated' : ''}`,
      gatedMlp
        ? 'Hidden units of each MLP (nInner); each is the activation of its gate times another input'
        : 'Hidden units of each MLP (nInner)',
    ),
    contextFact(nCtx, loaded?.nCtxTrained ?? nCtx),
    fact('Vocabulary', `${count(vocabSize)} tokens`, 'Tokens that it can read and predict'),
  ];
}

/** How much a model can read, and how much of that is read at once. */
function contextFact(nCtx: number, nCtxTrained: number): Fact {
  return nCtxTrained > nCtx
    ? fact(
        'Context',
        `${count(nCtxTrained)} tokens, of which ${count(nCtx)} are read at once`,
        'As much as it was made to read (nCtx), and what the setting forwardPass.contextLimit allows',
      )
    : fact('Context', `${count(nCtx)} tokens`, 'As much as it can read at once (nCtx)');
}

/** How it computes; what only some models do is said of those. */
function architectureFacts(model: ConfigDescription): Fact[] {
  const { norm, layerNormEpsilon, queryKeyNorms, outputNorms, scoreCap, logitCap } = model;
  const also = [
    ...(queryKeyNorms ? ['queries and keys'] : []),
    ...(outputNorms ? ['what attention and MLP write'] : []),
  ];
  const caps = [
    ...(scoreCap === null ? [] : [`scores ±${factor(scoreCap)}`]),
    ...(logitCap === null ? [] : [`logits ±${factor(logitCap)}`]),
  ];
  return [
    fact('Activation', model.activation, 'Activation function of the MLP'),
    fact(
      'Norm',
      `${norm === 'rmsNorm' ? 'RMSNorm' : 'layer norm'}, ε ${float32(layerNormEpsilon)}`,
      'Before attention, before the MLP, and before the unembedding; ε is added to the variance ' +
        '(or mean square)',
    ),
    ...when(also.length > 0, () =>
      fact('Also normed', also.join('; '), 'Normalised as well, each by a norm of its own'),
    ),
    fact('Positions', positionsText(model), 'How the model knows where a token stands'),
    ...when(windowsText(model) !== null, () =>
      fact('Window', windowsText(model)!, 'As far back as a position can attend, itself included'),
    ),
    ...when(model.parallelResidual, () =>
      fact(
        'Residual',
        'parallel',
        'Attention and MLP read the same residual stream: the MLP does not see what its own ' +
          'layer’s attention wrote',
      ),
    ),
    ...when(caps.length > 0, () =>
      fact('Caps', caps.join(', '), 'Values x become cap · tanh(x / cap)'),
    ),
    ...when(model.embeddingScale !== 1, () =>
      fact(
        'Embedding',
        `× ${factor(model.embeddingScale)}`,
        'What token vectors are multiplied by before the first layer',
      ),
    ),
    fact(
      'Unembedding',
      model.tied ? 'tied to the embedding' : 'a matrix of its own',
      'What the last residual stream is compared with',
    ),
  ];
}

function positionsText({ positions, rotary, dHead, nLayer }: ConfigDescription): string {
  if (positions === 'learned') return 'learned, a vector for each';
  const ways = rotary.map(({ layers, base, features, pairs, scaling }) =>
    [
      `base ${count(base)}`,
      ...(features === dHead ? [] : [`${count(features)} of ${count(dHead)} features`]),
      ...(pairs === 'neighbours' ? ['neighbouring pairs'] : []),
      ...(scaling === null ? [] : [`${scaling} scaling`]),
      ...(layers.length === nLayer ? [] : [`${count(layers.length)} layers`]),
    ].join(', '),
  );
  return `rotary, ${ways.join('; ')}`;
}

/** Null where every layer sees all positions. */
function windowsText({ attentionWindow, nLayer }: ConfigDescription): string | null {
  const sizes = new Map<number, number>();
  for (const size of attentionWindow) {
    if (size !== null) sizes.set(size, (sizes.get(size) ?? 0) + 1);
  }
  if (sizes.size === 0) return null;
  return [...sizes]
    .map(([size, layers]) =>
      layers === nLayer
        ? `${count(size)} tokens`
        : `${count(size)} tokens in ${count(layers)} of ${count(nLayer)} layers`,
    )
    .join('; ');
}

/** As it was written: a GGUF file keeps 0.00001 as the float32 next to it. */
function float32(value: number): number {
  return Number(value.toPrecision(7));
}

function factor(value: number): string {
  return Number.isInteger(value) ? count(value) : figure(value);
}

function when(holds: boolean, of: () => Fact): Fact[] {
  return holds ? [of()] : [];
}

/** How far the loaded model's kind was found to be from the reference, in a sentence. */
export function fidelityText({ family, dtype, fidelity }: ModelDescription): string {
  if (!fidelity) return `${family} was not compared with another implementation.`;
  const { reference, logit, pattern, models, positions, sameTop } = fidelity;
  const weights =
    fidelity.dtype === dtype
      ? `${family} in ${dtype}`
      : `${family} in ${fidelity.dtype} (this model is stored as ${dtype})`;
  const top =
    sameTop === positions
      ? `the likeliest token is the same at all ${count(positions)} positions`
      : `the likeliest token is the same at ${count(sameTop)} of ${count(positions)} positions`;
  return (
    `Checked against ${reference}: logits within ${bound(logit)} and attention within ` +
    `${bound(pattern)} for ${weights}, in ${models} small ${models === 1 ? 'model' : 'models'}; ${top}.`
  );
}

/** Rounded up to one figure, so that it holds: 0.000031 → 4×10⁻⁵. */
function bound(value: number): string {
  if (value === 0) return '0';
  const unit = 10 ** Math.floor(Math.log10(value));
  return tableNumber(Math.ceil(Number((value / unit).toPrecision(6))) * unit).replace('.0×', '×');
}

/** The facts and the parameters of a model as a table. */
export function modelData(
  model: ConfigDescription,
  facts: readonly Fact[],
  untied: boolean,
): SectionTable {
  const { parameters, parametersByComponent } = countsOf(model, untied);
  return {
    name: `model-${model.name.replace(/[^\w.-]+/g, '-')}`,
    columns: ['component', 'parameters', 'share'],
    rows: [
      ...parametersByComponent.map((part) => [
        part.component,
        part.parameters,
        part.parameters / parameters,
      ]),
      ['all', parameters, 1],
    ],
    json: {
      ...model,
      counted: { untied: untied && model.untied !== null, parameters, parametersByComponent },
      facts: Object.fromEntries(facts.map(({ name, value }) => [name, value])),
    },
  };
}

/** 124 million, 1.56 billion: a count as people say it. */
export function spokenCount(value: number): string {
  const [size, word] =
    value >= 1e9 ? [1e9, ' billion'] : value >= 1e6 ? [1e6, ' million'] : [1, ''];
  return word === '' ? count(value) : `${figure(value / size)}${word}`;
}

function fact(name: string, value: string, about: string): Fact {
  return { name, value, about };
}

function megabytes(bytes: number): string {
  return `${figure(bytes / 1e6)} MB`;
}
