import * as vscode from 'vscode';
import type { EngineConnection, InspectParams } from '../../protocol/engine';
import { signalOf } from '../cancellation';
import { compareReport } from './compareReport';
import { measureReport } from './measureReport';
import type { MeasuredText } from './measuredText';
import type { TokenBudget } from './tokenBudget';
import { confirmationMarkdown } from './toolConfirmation';
import { readCompareInput, readMeasureInput } from './toolInput';

export interface ToolContext {
  engine: EngineConnection;
  /** As for every inspection; throws a `UserError` where settings are wrong. */
  parameters: () => Omit<InspectParams, 'text'>;
  /** What to call the model before it can tell. */
  modelLabel: () => string;
  /** Turns an error into the sentence to show, and logs the rest. */
  explain: (error: unknown) => string;
}

/** What a tool does with its checked input. */
interface Tool<Input> {
  /** @throws {UserError} where the assistant has to ask otherwise. */
  read: (input: unknown) => Input;
  /** What the person is asked. */
  title: string;
  /** What is said while it works. */
  doing: string;
  texts: (input: Input) => { label: string; text: string }[];
  report: (input: Input, signal: AbortSignal, budget: TokenBudget | undefined) => Promise<string>;
}

/** The tools that an assistant in VS Code may call; package.json describes them to it. */
export function registerLanguageModelTools(context: ToolContext): vscode.Disposable {
  const measure = async (
    text: string,
    before: string,
    topK: number,
    signal: AbortSignal,
  ): Promise<MeasuredText> => {
    const params = { ...context.parameters(), topK, text: before + text };
    const inspection = await context.engine.request('inspect', params, { signal });
    return { text, context: before, inspection };
  };

  const inspectPrediction = tool(context, {
    read: readMeasureInput,
    title: 'Measure a text with Forward Pass?',
    doing: 'Measuring a text with Forward Pass',
    texts: ({ text, context }) => withContext([{ label: 'Text', text }], context),
    report: async ({ text, context, topK }, signal, budget) =>
      measureReport(await measure(text, context, topK, signal), budget),
  });
  const comparePredictions = tool(context, {
    read: readCompareInput,
    title: 'Compare two texts with Forward Pass?',
    doing: 'Comparing two texts with Forward Pass',
    texts: ({ before, after, context }) =>
      withContext(
        [
          { label: 'Before', text: before },
          { label: 'After', text: after },
        ],
        context,
      ),
    report: async ({ before, after, context }, signal, budget) =>
      compareReport(
        await measure(before, context, 1, signal),
        await measure(after, context, 1, signal),
        budget,
      ),
  });
  return vscode.Disposable.from(
    vscode.lm.registerTool('forwardPass_inspect_prediction', inspectPrediction),
    vscode.lm.registerTool('forwardPass_compare_predictions', comparePredictions),
  );
}

function tool<Input>(
  { explain, modelLabel }: ToolContext,
  { read, title, doing, texts, report }: Tool<Input>,
): vscode.LanguageModelTool<unknown> {
  /** The assistant reads an error's message. */
  const sentence = (error: unknown) => new Error(explain(error));
  return {
    prepareInvocation({ input }) {
      try {
        // Nobody is asked about a call that cannot be answered.
        const shown = texts(read(input));
        const message = new vscode.MarkdownString(confirmationMarkdown(shown, modelLabel()));
        return { invocationMessage: doing, confirmationMessages: { title, message } };
      } catch (error) {
        throw sentence(error);
      }
    },
    async invoke({ input, tokenizationOptions }, cancellation) {
      const signal = signalOf(cancellation);
      try {
        const budget = tokenizationOptions && {
          tokenBudget: tokenizationOptions.tokenBudget,
          countTokens: (text: string) => tokenizationOptions.countTokens(text, cancellation),
        };
        const text = await report(read(input), signal, budget);
        signal.throwIfAborted();
        return new vscode.LanguageModelToolResult([new vscode.LanguageModelTextPart(text)]);
      } catch (error) {
        if (signal.aborted) throw new vscode.CancellationError();
        throw sentence(error);
      }
    },
  };
}

function withContext(texts: { label: string; text: string }[], context: string) {
  return context === '' ? texts : [{ label: 'Read before it', text: context }, ...texts];
}
