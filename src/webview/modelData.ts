import type { ModelDescription } from '../protocol/inspection';
import type { ConfigDescription, ParameterCounts } from '../protocol/modelPage';
import { count, figure } from './format';
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
  const { family, nLayer, nHead, nEmbd, nInner, nCtx, vocabSize, activation, layerNormEpsilon } =
    model;
  const facts: Fact[] = [
    fact('Family', family, 'As model_type in config.json'),
    fact('Layers', count(nLayer), 'Blocks of attention and MLP, one after the other (nLayer)'),
    fact(
      'Heads',
      `${count(nHead)} per layer, ${count(nEmbd / nHead)} wide`,
      'Attention heads (nHead), and the length of their queries, keys and values',
    ),
    fact('Width', count(nEmbd), 'Length of the vectors in the residual stream (nEmbd)'),
    fact('Neurons', `${count(nInner)} per layer`, 'Hidden units of each MLP (nInner)'),
    fact('Context', `${count(nCtx)} tokens`, 'As much as it can read at once (nCtx)'),
    fact('Vocabulary', `${count(vocabSize)} tokens`, 'Tokens that it can read and predict'),
    fact('Activation', activation, 'Activation function of the MLP'),
    fact('Layer norm ε', String(layerNormEpsilon), 'Added to the variance in layer norms'),
    fact(
      'Unembedding',
      model.tied ? 'tied to the embedding' : 'a matrix of its own',
      'What the last residual stream is compared with',
    ),
  ];
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
