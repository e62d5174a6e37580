import * as vscode from 'vscode';
import type { ModelRef } from '../../protocol/inspection';
import { signalOf } from '../cancellation';
import { literal } from '../hoverPieces';
import type { Span } from '../textSpan';
import type { DocumentReadings } from './documentReadings';
import type { OpenReading } from './openReading';
import { tokenHoverMarkdown, type Alternative, type HoveredToken } from './tokenHoverMarkdown';
import { INSPECT_AT_COMMAND, REPLACE_COMMAND } from './tokenLinks';
import { writableText, type TokenTexts, type VocabularyToken } from './tokenTexts';

export interface TokenHoverContext {
  readings: DocumentReadings;
  texts: TokenTexts;
  model(): ModelRef;
  /** Tokens are on show here, so a pointer that rests on one asks about it. */
  shown(document: vscode.TextDocument, position: vscode.Position): boolean;
  /** Another hover of ours answers here. */
  taken(document: vscode.TextDocument, position: vscode.Position): boolean;
  explain(error: unknown): string;
}

const partOfCharacter = 'part of a character';

/** What the token under the pointer was expected to be, and what could stand there instead. */
export class TokenHover implements vscode.HoverProvider {
  constructor(private readonly context: TokenHoverContext) {}

  async provideHover(
    document: vscode.TextDocument,
    position: vscode.Position,
    cancellation: vscode.CancellationToken,
  ): Promise<vscode.Hover | null> {
    const { context } = this;
    const open = context.readings.of(document);
    if (!open || !context.shown(document, position) || context.taken(document, position))
      return null;
    const offset = document.offsetAt(position);
    const tokens = open.tokensAt(offset);
    const { text } = open.reading;
    const [first] = tokens;
    // The first of a text is never expected; of others nothing may be known yet.
    if (!text || first === undefined) return null;
    if (tokens.some((token) => token > 0 && text.ranks[token] === 0)) return null;

    const spans = tokens.map((token) => open.offsetsOf(token));
    const range = new vscode.Range(
      document.positionAt(Math.min(...spans.map(({ start }) => start))),
      document.positionAt(Math.max(...spans.map(({ end }) => end))),
    );
    const { version } = document;
    const place = { uri: document.uri.toString(), offset: spans[0]!.start };
    const signal = signalOf(cancellation);
    try {
      const hovered = await this.hovered(open, tokens, signal);
      // What was asked for may not stand there any more.
      if (signal.aborted || document.version !== version) return null;
      return new vscode.Hover(markdown(tokenHoverMarkdown(hovered, place)), range);
    } catch (error) {
      if (signal.aborted || (error as Error).name === 'AbortError') return null;
      return new vscode.Hover(
        markdown(`**Forward Pass**\n\n${literal(context.explain(error))}`),
        range,
      );
    }
  }

  /** Forgets what ids stand for. */
  clear(): void {
    this.context.texts.clear();
  }

  private async hovered(
    open: OpenReading,
    tokens: number[],
    signal: AbortSignal,
  ): Promise<HoveredToken[]> {
    const { k, ids, ranks, logprobs, entropies, topIds, topLogprobs } = open.reading.text!;
    const asked = tokens.map((token) => ({
      id: ids[token]!,
      expected:
        ranks[token] === 0
          ? null
          : { logprob: logprobs[token]!, rank: ranks[token]!, entropy: entropies[token]! },
      likeliest: ranks[token] === 0 ? [] : Array.from(topIds.slice(token * k, (token + 1) * k)),
      logprobs: topLogprobs.slice(token * k, (token + 1) * k),
      span: open.offsetsOf(token),
    }));
    const named = asked.flatMap(({ id, likeliest }) => [id, ...likeliest]);
    const texts = await this.context.texts.of(this.context.model(), named, signal);
    const textOf = new Map(texts.map((token) => [token.id, token]));
    return asked.map(({ id, expected, likeliest, logprobs, span }) => {
      const token = textOf.get(id)!;
      const { put, why } = placer(open.document, token, span);
      return {
        id,
        text: token.text,
        ...(why ? { why } : {}),
        expected,
        likeliest: likeliest.map((id, i): Alternative => {
          const other = textOf.get(id)!;
          return { id, text: other.text, logprob: logprobs[i]!, ...put(other) };
        }),
      };
    });
  }
}

/** What puts another token in the place of one; without it, why nothing can be put there. */
function placer(
  document: vscode.TextDocument,
  token: VocabularyToken,
  { start, end }: Span,
): { put: (other: VocabularyToken) => Pick<Alternative, 'replacement' | 'why'>; why?: string } {
  const range = new vscode.Range(document.positionAt(start), document.positionAt(end));
  const isPlace = document.offsetAt(range.start) === start && document.offsetAt(range.end) === end;
  const nothing = () => ({ replacement: null });
  if (writableText(token) === null) return { put: nothing, why: partOfCharacter };
  if (!isPlace) return { put: nothing, why: 'half of a line’s end' };
  const text = document.getText(range);
  const uri = document.uri.toString();
  return {
    put: (other) => {
      const by = writableText(other);
      if (other.special) return { replacement: null, why: 'special' };
      if (by === null) return { replacement: null, why: partOfCharacter };
      return { replacement: { uri, start, end, text, by } };
    },
  };
}

function markdown(value: string): vscode.MarkdownString {
  const string = new vscode.MarkdownString(value);
  string.supportHtml = true;
  string.isTrusted = { enabledCommands: [REPLACE_COMMAND, INSPECT_AT_COMMAND] };
  return string;
}
