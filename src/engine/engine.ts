import type { PassOptions } from '../gpt/betweenStages';
import { forwardPass, type ResidualStream } from '../gpt/forwardPass';
import { attentionPattern } from '../inspection/attention';
import { generate } from '../inspection/generation';
import { inspectedTokens, nextTokens, totals } from '../inspection/inspect';
import { logitsAt, predictions } from '../inspection/predictions';
import { readPrompt } from '../inspection/prompt';
import type {
  EngineMethod,
  EngineRequests,
  GenerateParams,
  InspectParams,
} from '../protocol/engine';
import type { Generation, Inspection, ModelRef, RunRef } from '../protocol/inspection';
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
    const start = performance.now();
    const loaded = await this.load(params.model, options);
    const afterLoad = performance.now();
    const { model, tokenizer, description, textOf } = loaded;
    const { config } = model;
    const prompt = await readPrompt(params.text, { bos: params.bos, tokenizer, config }, options);
    const beforeForward = performance.now();
    const residual = await this.pass(loaded, prompt.ids, options);
    const distributions = await predictions(model, residual, prompt.ids, params.topK, options);
    const end = performance.now();
    const tokens = inspectedTokens(prompt.tokens, distributions, textOf);
    return {
      run: { model: params.model, ids: prompt.ids } satisfies RunRef,
      model: description,
      tokens,
      next: nextTokens(distributions, textOf),
      totals: totals(tokens),
      truncated: prompt.truncated,
      timing: { loadMs: afterLoad - start, forwardMs: end - beforeForward },
    };
  }

  private async generate(params: GenerateParams, options: PassOptions): Promise<Generation> {
    const start = performance.now();
    const { model, tokenizer, description, textOf } = await this.load(params.model, options);
    const afterLoad = performance.now();
    const { config } = model;
    const prompt = await readPrompt(params.text, { bos: params.bos, tokenizer, config }, options);
    const { maxTokens, sampling, seed } = params;
    const stopId = tokenizer.endOfTextId;
    const generated = await generate(
      model,
      prompt.ids,
      { maxTokens, sampling, seed, stopId },
      options,
    );
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
      timing: { loadMs: afterLoad - start, generateMs: performance.now() - afterLoad },
    };
  }
}
