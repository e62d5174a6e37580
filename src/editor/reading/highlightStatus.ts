import * as vscode from 'vscode';
import { measureLevels, type TokenMeasure } from '../../inspection/tokenMeasure';
import { literal } from '../hoverPieces';
import { count } from '../numbers';
import type { DocumentReading } from './documentReading';
import type { Highlights } from './highlights';
import { levelColor, levelLabel, legendText, measureNames } from './legend';

/** The status bar's legend of the highlights in the active editor, and how far they are. */
export class HighlightStatus implements vscode.Disposable {
  private readonly item = vscode.window.createStatusBarItem(
    'forwardPass.highlights',
    vscode.StatusBarAlignment.Right,
    89,
  );
  private readonly subscription: vscode.Disposable;

  constructor(private readonly highlights: Highlights) {
    this.item.name = 'Forward Pass: Highlights';
    this.item.command = 'forwardPass.highlightBy';
    this.subscription = highlights.onDidChange(() => this.update());
    this.update();
  }

  dispose(): void {
    this.subscription.dispose();
    this.item.dispose();
  }

  private update(): void {
    const document = vscode.window.activeTextEditor?.document;
    const open = document && this.highlights.of(document);
    if (!open) {
      this.item.hide();
      return;
    }
    const { reading } = open;
    let measure: TokenMeasure;
    try {
      ({ measure } = this.highlights.settings(open.document));
    } catch (error) {
      this.fail((error as Error).message);
      return;
    }
    if (reading.error !== null) {
      this.fail(reading.error);
      return;
    }
    const percent = `${Math.floor(reading.fraction * 100)} %`;
    this.item.text = reading.busy
      ? `$(loading~spin) ${legendText(measure)} · ${percent}`
      : `$(paintcan) ${legendText(measure)}`;
    this.item.backgroundColor = undefined;
    this.item.tooltip = legend(measure, reading);
    const spoken = `Highlighted by ${measureNames[measure].toLowerCase()}`;
    this.item.accessibilityInformation = {
      label: reading.busy ? `${spoken}, ${percent} read` : spoken,
      role: 'button',
    };
    this.item.show();
  }

  private fail(sentence: string): void {
    this.item.text = '$(warning) Highlights';
    this.item.backgroundColor = new vscode.ThemeColor('statusBarItem.warningBackground');
    this.item.tooltip = new vscode.MarkdownString(literal(sentence));
    this.item.accessibilityInformation = { label: `Highlights: ${sentence}`, role: 'button' };
    this.item.show();
  }
}

/** The colours and what they stand for, and the text's figures. */
function legend(measure: TokenMeasure, reading: DocumentReading): vscode.MarkdownString {
  const rows = Array.from({ length: measureLevels }, (_, level) => {
    const color = `var(--vscode-${levelColor(measure, level).replaceAll('.', '-')})`;
    const blank = '&nbsp;'.repeat(6);
    const swatch = level === 0 ? '' : `<span style="background-color:${color};">${blank}</span>`;
    return `| ${swatch} | ${levelLabel(measure, level)} |`;
  });
  const lines = [
    `**${measureNames[measure]} of each token**`,
    ['| | |', '|:--|:--|', ...rows].join('\n'),
    figures(reading),
    'Click to colour by something else.',
  ];
  const markdown = new vscode.MarkdownString(lines.join('\n\n'));
  markdown.supportHtml = true;
  return markdown;
}

function figures({ text, complete, fraction }: DocumentReading): string {
  if (!text) return 'Reading the text';
  const tokens = `${count(text.ids.length)} tokens`;
  if (text.ids.length === 0) return 'There is no text to highlight.';
  if (!complete) return `${tokens}, ${Math.floor(fraction * 100)} % read`;
  let nats = 0;
  let expected = 0;
  for (const [token, rank] of text.ranks.entries()) {
    if (rank === 0) continue;
    nats -= text.logprobs[token]!;
    expected++;
  }
  if (expected === 0) return tokens;
  return `${tokens}, ${(nats / Math.LN2 / expected).toFixed(2)} bits each`;
}
