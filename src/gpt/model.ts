import { GraphBuilder, type ExternalTensor, type OnnxGraph } from '../onnx/graphBuilder';
import { int64, Session, type SessionOptions, type Tensor } from '../onnx/runtime';
import { defaultContextLimit } from '../protocol/contextLimit';
import type { ModelDescription } from '../protocol/inspection';
import type { HuggingFaceTokenizer } from '../weights/gguf/vocabulary';
import { checkUnchanged, type Weights } from '../weights/weights';
import { Checkpoint } from './checkpoint';
import { betweenStages, type PassOptions } from './betweenStages';
import type { GptConfig } from './config';
import { describeArchitecture } from './describeConfig';
import { isTied, type Architecture } from './families/family';
import { familyOf } from './families/registry';
import { blockGraph, embeddingGraph, unembeddingGraph } from './graphs';
import { openModelFiles } from './modelFiles';
import { modelName } from './modelName';
import { PackedLater } from './packedLater';
import { refuseUnused, tensorsOf } from './modelTensors';

/** Each row's distribution over the next token, summarised; the rows' order is the input's. */
export interface Distributions {
  topLogits: Float32Array; // [m, k]
  topIds: BigInt64Array; // [m, k]
  logSumExp: Float32Array; // [m]
  entropy: Float32Array; // [m], nats
  actualLogit: Float32Array; // [m]
  actualRank: Float32Array; // [m], from 1
}

/**
 * A GPT in memory: a checkpoint and one ready graph for each stage. It knows single stages only;
 * `forwardPass` strings them together.
 */
export class Model {
  private readonly probes = new Map<string, Promise<Session>>();
  private readonly unembedding: PackedLater;

  /** @param packed the unembedding's graph, if its weights are to be packed later. */
  private constructor(
    private readonly architecture: Architecture,
    private readonly sessionOptions: SessionOptions,
    private readonly embedding: Session,
    private readonly blocks: Session[],
    unembedding: Session,
    packed: OnnxGraph | null,
    readonly description: Omit<ModelDescription, 'tokenizer' | 'fidelity'>,
    private readonly weights: Pick<Weights, 'files'>,
    private vocabulary: HuggingFaceTokenizer | null,
  ) {
    const pack = packed && (() => this.madeLater(packed, { ...sessionOptions, keepMemory: true }));
    this.unembedding = new PackedLater(unembedding, pack);
  }

  /**
   * Opens a Hugging Face folder or a GGUF file, checks it whole, then makes the graphs ready stage by
   * stage.
   *
   * @param contextLimit what is read at once of a context that is longer: keeping the residual stream
   *   of all positions takes memory that a chat with a model does not need.
   * @param options.mapWeights leave the weights in the file, as `SessionOptions.mapWeights`.
   * @throws {UserError} where there is no model that can be run.
   * @throws the signal's reason when it aborts between two stages.
   */
  static async load(
    folder: string,
    threads: number,
    options: PassOptions & Pick<SessionOptions, 'mapWeights'> = {},
    contextLimit = defaultContextLimit,
  ): Promise<Model> {
    const files = await openModelFiles(folder);
    const { config: reader } = files;
    const vocabulary = files.vocabulary?.() ?? null;
    const family = familyOf(reader);
    const config = family.readConfig(reader);
    const weights = await files.weights();
    const { tokenEmbedding } = family.layout(config, true, reader);
    const checkpoint = new Checkpoint(weights, family.prefix, tokenEmbedding.name);
    const tied = await isTied(family, reader, config, checkpoint);
    const layout = family.layout(config, tied, reader);
    const tensors = tensorsOf(layout, checkpoint, reader);
    if (weights.allNeeded) refuseUnused(weights, tensors);
    const architecture: Architecture = {
      config: { ...config, nCtx: Math.min(config.nCtx, contextLimit) },
      layout,
      weight: ({ name }) => tensors.get(name)!,
    };
    const { mapWeights = false } = options;
    const sessionOptions = { weightsFolder: weights.folder, threads, mapWeights };

    const name = modelName(folder, reader.text('name', ''));
    const description: Model['description'] = {
      ...describeArchitecture(name, family, config, reader, tied),
      nCtx: architecture.config.nCtx,
      nCtxTrained: config.nCtx,
      folder,
      dtype: mostCommonDtype([...tensors.values()]),
      bytes: weights.bytes,
      bosTokenId: config.bosTokenId,
    };

    const sessions: Session[] = [];
    const stages = config.nLayer + 2;
    const create = async (graph: OnnxGraph, more: Partial<SessionOptions> = {}) => {
      const message = `Loading ${description.name} (${sessions.length + 1} of ${stages})`;
      await betweenStages(options, 'loading', message, sessions.length / stages);
      sessions.push(await Session.create(graph, { ...sessionOptions, ...more }));
    };
    const last = unembeddingGraph(architecture);
    // What is dequantised in memory is not mapped, and would only be made twice.
    const packLater = !mapWeights && last.fromMemory.size === 0;
    try {
      await create(embeddingGraph(architecture));
      for (let layer = 0; layer < config.nLayer; layer++) {
        await create(blockGraph(architecture, layer));
      }
      await create(last, { keepMemory: true, mapWeights: mapWeights || packLater });
      await checkUnchanged(weights);
    } catch (error) {
      await Promise.all(sessions.map((session) => session.release()));
      await checkUnchanged(weights);
      throw error;
    }
    const [embedding, ...rest] = sessions as [Session, ...Session[]];
    const unembedding = rest.pop()!;
    return new Model(
      architecture,
      sessionOptions,
      embedding,
      rest,
      unembedding,
      packLater ? last : null,
      description,
      { files: weights.files },
      vocabulary,
    );
  }

  /** The files of the weights, by their real paths. */
  get weightFiles(): readonly string[] {
    return this.weights.files.map(({ path }) => path);
  }

  get config(): GptConfig {
    return this.architecture.config;
  }

  /**
   * The vocabulary that the file of the weights holds itself, or null where it would lie beside it.
   * It is given once and not kept: as plain data it takes many times what a tokenizer does.
   */
  takeVocabulary(): HuggingFaceTokenizer | null {
    const { vocabulary } = this;
    this.vocabulary = null;
    return vocabulary;
  }

  /** Token ids → residual stream before the first block, [n, nEmbd]. */
  async embed(ids: readonly number[]): Promise<Float32Array> {
    const { resid } = await this.embedding.run({ ids: int64(ids) }, ['resid']);
    return resid.data as Float32Array;
  }

  /**
   * residPre → residPost of one block, both [n, nEmbd]; or of `sequences` of equal length at once,
   * [sequences, n, nEmbd], none of which sees another.
   */
  async block(layer: number, residPre: Float32Array, sequences = 1): Promise<Float32Array> {
    const { nEmbd } = this.config;
    const dims = [sequences, residPre.length / sequences / nEmbd, nEmbd];
    const inputs = { residPre: { data: residPre, dims } };
    return (await this.blocks[layer]!.run(inputs, ['residPost'])).residPost.data as Float32Array;
  }

  /**
   * A graph beside the pass, for one analysis: made when it is first asked for, and given back with
   * the model. Its weights stay mapped, so that it costs next to no memory.
   *
   * @param name of the analysis and what its graph depends on, such as the layer.
   * @throws {UserError} where the files of the weights are not those any more that the model is of.
   */
  probe(name: string, write: (g: GraphBuilder, model: Architecture) => void): Promise<Session> {
    let session = this.probes.get(name);
    if (!session) {
      const g = new GraphBuilder(name);
      write(g, this.architecture);
      session = this.madeLater(g.build(), { ...this.sessionOptions, mapWeights: true });
      this.probes.set(name, session);
      // Asked for again it is tried again; and what never was is not given back.
      session.catch(() => this.probes.delete(name));
    }
    return session;
  }

  /** A graph that reads the weights' files only now: they must still be those that were opened. */
  private async madeLater(graph: OnnxGraph, options: SessionOptions): Promise<Session> {
    let session: Session | undefined;
    try {
      session = await Session.create(graph, options);
      await checkUnchanged(this.weights, 'since it was opened');
      return session;
    } catch (error) {
      await session?.release();
      await checkUnchanged(this.weights, 'since it was opened');
      throw error;
    }
  }

  /** Vectors [m, nEmbd] as a graph's input. */
  rows(data: Float32Array): Tensor {
    const { nEmbd } = this.config;
    return { data, dims: [data.length / nEmbd, nEmbd] };
  }

  /** Summarises the distributions after rows of the last residual stream, [m, nEmbd]. */
  async distributions(
    resid: Float32Array,
    actualIds: readonly number[], // [m]
    topK: number,
  ): Promise<Distributions> {
    const outputs = await this.unembedding.run(this.unembeddingInputs(resid, actualIds, topK), [
      'topLogits',
      'topIds',
      'logSumExp',
      'entropy',
      'actualLogit',
      'actualRank',
    ]);
    return {
      topLogits: outputs.topLogits.data as Float32Array,
      topIds: outputs.topIds.data as BigInt64Array,
      logSumExp: outputs.logSumExp.data as Float32Array,
      entropy: outputs.entropy.data as Float32Array,
      actualLogit: outputs.actualLogit.data as Float32Array,
      actualRank: outputs.actualRank.data as Float32Array,
    };
  }

  /** Logits over the full vocabulary after rows of the last residual stream: [m, vocab]. */
  async logits(resid: Float32Array): Promise<Float32Array> {
    const rows = resid.length / this.config.nEmbd;
    const inputs = this.unembeddingInputs(resid, new Array<number>(rows).fill(0), 1);
    return (await this.unembedding.run(inputs, ['logits'])).logits.data as Float32Array;
  }

  /** Gives all memory back; the model cannot be used afterwards. */
  async release(): Promise<void> {
    const { embedding, blocks, unembedding, probes } = this;
    const made = await Promise.allSettled(probes.values());
    const beside = made.flatMap((probe) => (probe.status === 'fulfilled' ? [probe.value] : []));
    const sessions = [embedding, ...blocks, unembedding, ...beside];
    await Promise.all(sessions.map((session) => session.release()));
  }

  private unembeddingInputs(resid: Float32Array, actualIds: readonly number[], topK: number) {
    const k = Math.min(topK, this.config.vocabSize);
    return {
      resid: this.rows(resid),
      actualIds: int64(actualIds),
      k: int64([k]),
    };
  }
}

/** How most of a model's numbers are stored. */
function mostCommonDtype(tensors: readonly ExternalTensor[]): string {
  const counts = new Map<string, number>();
  for (const { dtype, shape } of tensors) {
    const size = shape.reduce((product, dim) => product * dim, 1);
    counts.set(dtype, (counts.get(dtype) ?? 0) + size);
  }
  return [...counts].reduce((most, each) => (each[1] > most[1] ? each : most))[0];
}
