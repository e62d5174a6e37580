import type { PassOptions } from '../gpt/betweenStages';
import { forwardPass, type ResidualStream } from '../gpt/forwardPass';
import { attentionPattern } from '../inspection/attention';
import { generate } from '../inspection/generation';
import { inspectedTokens, nextTokens, totals } from '../inspection/inspect';
import { logitsAt, predictions, type Prediction } from '../inspection/predictions';
import { readPrompt, type Prompt } from '../inspection/prompt';
import { windowedPredictions } from '../inspection/windows';
import type {
  EngineMethod,
  EngineRequests,
  GenerateParams,
  InspectDocumentParams,
  InspectParams,
} from '../protocol/engine';
import type {
  DocumentInspection,
  Generation,
  Inspection,
  ModelRef,
  RunRef,
} from '../protocol/inspection';
import { UserError } from '../protocol/userError';
import { tokenText } from '../tokenizer/tokenText';
import { loadModel, modelKey, type LoadedModel } from './loadedModel';
import { Queue } from './queue';
import { RunCache } from './runCache';

type Handler<M extends EngineMethod> = (
  params: EngineRequests[M]['params'],
  options?: PassOptions,
) => Promise<EngineRequests[M]['result']>;

/** Enough for dozens of ordinary passes, or a few of a large model at full context. */
const runCacheBytes = 256 * 2 ** 20;

/**
 * Answers the requests of the protocol, one at a time. Holds one model, the last that was asked
 * for, and the residual streams of recent passes.
 */
export class Engine {
  private loaded: LoadedModel | undefined;
  private readonly runs = new RunCache(runCacheBytes);
  private readonly queue = new Queue();

  readonly handlers: { [M in EngineMethod]: Handler<M> } = {
    describe: this.queued(async ({ model }, options) => {
      return (await this.load(model, options)).description;
    }),
    inspect: this.queued((params, options) => this.inspect(params, options)),
    inspectDocument: this.queued((params, options) => this.inspectDocument(params, options)),
    attention: this.queued(async ({ run, layer, head }, options) => {
      const loaded = await this.load(run.model, options);
      const residual = await this.pass(loaded, run.ids, options);
      return attentionPattern(loaded.model, residual, layer, head);
    }),
    logits: this.queued(async ({ run, position }, options) => {
      if (!(position in run.ids)) throw new UserError(`There is no token ${position}.`);
      const loaded = await this.load(run.model, options);
      const residual = await this.pass(loaded, run.ids, options);
      return logitsAt(loaded.model, residual, position);
    }),
    vocabulary: this.queued(async ({ model }, options) => {
      const { description, textOf } = await this.load(model, options);
      return Array.from({ length: description.vocabSize }, (_, id) => textOf(id));
    }),
    generate: this.queued((params, options) => this.generate(params, options)),
  };

  private queued<Params, Result>(
    handler: (params: Params, options: PassOptions) => Promise<Result>,
  ) {
    return (params: Params, options: PassOptions = {}) =>
      this.queue.run(() => handler(params, options), options.signal);
  }

  /** The previous model is given back only once the new one works. */
  private async load(ref: ModelRef, options: PassOptions): Promise<LoadedModel> {
    if (this.loaded?.key === (await modelKey(ref))) return this.loaded;
    const loaded = await loadModel(ref, options);
    await this.loaded?.model.release();
    this.loaded = loaded;
    return loaded;
  }

  private async pass(
    { model, key }: LoadedModel,
    ids: readonly number[],
    options: PassOptions,
  ): Promise<ResidualStream> {
    const runKey = `${key} ${ids.join()}`;
    const known = this.runs.get(runKey);
    if (known) return known;
    const residual = await forwardPass(model, ids, options);
    this.runs.set(runKey, residual);
    return residual;
  }

  private async inspect(params: InspectParams, options: PassOptions): Promise<Inspection> {
    const { loaded, loadMs } = await this.timedLoad(params.model, options);
    const { model } = loaded;
    const prompt = await read(loaded, params, model.config.nCtx, options);
    const start = performance.now();
    const residual = await this.pass(loaded, prompt.ids, options);
    const distributions = await predictions(model, residual, prompt.ids, params.topK, options);
    const timing = { loadMs, forwardMs: performance.now() - start };
    const run: RunRef = { model: params.model, ids: prompt.ids };
    return { run, ...report(loaded, prompt, distributions, timing) };
  }

  private async inspectDocument(
    params: InspectDocumentParams,
    options: PassOptions,
  ): Promise<DocumentInspection> {
    const { loaded, loadMs } = await this.timedLoad(params.model, options);
    const prompt = await read(loaded, params, Infinity, options);
    const start = performance.now();
    const distributions = await windowedPredictions(
      loaded.model,
      prompt.ids,
      params.topK,
      params.stride,
      options,
    );
    const timing = { loadMs, forwardMs: performance.now() - start };
    return report(loaded, prompt, distributions, timing);
  }

  private async generate(params: GenerateParams, options: PassOptions): Promise<Generation> {
    const { loaded, loadMs } = await this.timedLoad(params.model, options);
    const { model, tokenizer, description, textOf } = loaded;
    const start = performance.now();
    const prompt = await read(loaded, params, model.config.nCtx, options);
    const { maxTokens, sampling, seed } = params;
    const stopId = tokenizer.endOfTextId;
    const generation = { maxTokens, sampling, seed, stopId };
    const generated = await generate(model, prompt.ids, generation, options);
    const bytesOf = (id: number) => (id < tokenizer.vocabSize ? [...tokenizer.bytesOf(id)] : []);
    const tokens = generated.map(({ id, logprob }) => ({
      id,
      text: textOf(id),
      bytes: bytesOf(id),
      logprob,
    }));
    return {
      model: description,
      prompt: { tokens: prompt.ids.length, truncated: prompt.truncated },
      tokens,
      text: tokenText(Uint8Array.from(tokens.flatMap(({ bytes }) => bytes))),
      stop: generated.at(-1)?.id === stopId ? 'endOfText' : 'maxTokens',
      timing: { loadMs, generateMs: performance.now() - start },
    };
  }

  private async timedLoad(ref: ModelRef, options: PassOptions) {
    const start = performance.now();
    const loaded = await this.load(ref, options);
    return { loaded, loadMs: performance.now() - start };
  }
}

function read(
  { model, tokenizer }: LoadedModel,
  { text, bos }: { text: string; bos: boolean },
  room: number,
  options: PassOptions,
): Promise<Prompt> {
  return readPrompt(text, { tokenizer, config: model.config, bos, room }, options);
}

function report(
  { description, textOf }: LoadedModel,
  prompt: Prompt,
  distributions: Prediction[],
  timing: Inspection['timing'],
): DocumentInspection {
  const tokens = inspectedTokens(prompt.tokens, distributions, textOf);
  return {
    model: description,
    tokens,
    next: nextTokens(distributions, textOf),
    totals: totals(tokens),
    truncated: prompt.truncated,
    timing,
  };
}
