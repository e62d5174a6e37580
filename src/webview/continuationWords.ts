import { displayToken } from '../tokenizer/tokenDisplay';
import { percent, signed } from './format';
import type { TreeNode } from './state/continuationTree';

/** Tokens of what is folded away that are shown in its place. */
const previewed = 40;

/** What is folded away: the likeliest branch. */
export function preview(node: TreeNode): string {
  let text = '';
  let at = node.children[0];
  for (let i = 0; at && i < previewed; i++) {
    text += displayToken(at.token!.text);
    at = at.children[0];
  }
  return text;
}

/** A node for those who hear it; `text` is how its token is shown. */
export function spoken({ token, total, children }: TreeNode, text: string): string {
  if (!token) return `The text up to ${text}`;
  const said = token.text.trim() === '' ? text : token.text.trim();
  const branches = children.length > 1 ? `, ${children.length} branches` : '';
  return `${said}, ${percent(Math.exp(token.logprob))}, path ${signed(total)}${branches}`;
}

/** A node in full, for its tooltip. */
export function describe({ token, total, depth }: TreeNode): string {
  return [
    `id ${token!.id}, token ${depth} after the text`,
    `Probability ${percent(Math.exp(token!.logprob))} (logprob ${signed(token!.logprob, 4)}), over the full vocabulary`,
    `The path from the text to here: logprob ${signed(total, 4)}, probability ${percent(Math.exp(total))}`,
  ].join('\n');
}
