import * as vscode from 'vscode';
import { measureLevels, type TokenMeasure } from '../../inspection/tokenMeasure';
import { levelColor } from './legend';

/** The line below a token tells the steps apart where a theme does not rely on backgrounds. */
const lines = [
  { style: 'dotted', width: 2 },
  { style: 'dashed', width: 2 },
  { style: 'solid', width: 1 },
  { style: 'solid', width: 2 },
];

/** What highlighted editors are drawn with. Level 0, the expected, is not tinted. */
export class HighlightStyles implements vscode.Disposable {
  /** For each level from 1 on. */
  readonly levels: Record<TokenMeasure, vscode.TextEditorDecorationType[]>;
  readonly peaks = vscode.window.createTextEditorDecorationType({
    overviewRulerColor: new vscode.ThemeColor('forwardPass.surprisingToken'),
    overviewRulerLane: vscode.OverviewRulerLane.Right,
  });
  readonly lineBits = vscode.window.createTextEditorDecorationType({
    after: {
      color: new vscode.ThemeColor('forwardPass.lineBitsForeground'),
      margin: '0 0 0 2em',
      fontStyle: 'normal',
    },
    rangeBehavior: vscode.DecorationRangeBehavior.ClosedOpen,
  });

  constructor() {
    const types = (measure: TokenMeasure) =>
      Array.from({ length: measureLevels - 1 }, (_, i) => style(measure, i + 1));
    this.levels = {
      surprisal: types('surprisal'),
      probability: types('probability'),
      rank: types('rank'),
      entropy: types('entropy'),
    };
  }

  get all(): vscode.TextEditorDecorationType[] {
    return [...Object.values(this.levels).flat(), this.peaks, this.lineBits];
  }

  dispose(): void {
    for (const type of this.all) type.dispose();
  }
}

/** `level` is from 1 to 4. */
function style(measure: TokenMeasure, level: number): vscode.TextEditorDecorationType {
  const { style: borderStyle, width } = lines[level - 1]!;
  return vscode.window.createTextEditorDecorationType({
    backgroundColor: new vscode.ThemeColor(levelColor(measure, level)),
    // In the lower two steps it is there in high contrast only.
    borderColor: new vscode.ThemeColor(`forwardPass.${level > 2 ? measure : 'highlight'}Line`),
    borderStyle,
    borderWidth: `0 0 ${width}px 0`,
    rangeBehavior: vscode.DecorationRangeBehavior.ClosedClosed,
  });
}
