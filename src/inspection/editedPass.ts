import { betweenStages, type PassOptions } from '../gpt/betweenStages';
import type { ResidualStream } from '../gpt/forwardPass';
import type { Model } from '../gpt/model';
import { attentionAt } from '../gpt/probes/attentionAt';
import { changedBlock, noEdits, type BlockEdits } from '../gpt/probes/changedBlock';
import type { Edit, PatternRow } from '../protocol/interventions';
import { firstSeen } from './places';
import { UserError } from '../protocol/userError';

/** A pass that was changed on its way. */
export interface EditedPass {
  /** The layers before the first changed one are the very arrays of the run itself. */
  residual: ResidualStream;
  firstLayer: number;
}

/**
 * Runs a pass again with edits, from the first block that they change.
 *
 * @param residual of the run itself.
 * @param edits checked by `checkEdits`.
 * @param directions that each steering edit steers by, [nEmbd].
 * @throws {UserError} where a row of attention has nothing left, or numbers overflow.
 * @throws the signal's reason when it aborts between two blocks.
 */
export async function editedPass(
  model: Model,
  residual: ResidualStream,
  edits: readonly Edit[],
  directions: ReadonlyMap<Edit, Float32Array>,
  options: PassOptions = {},
): Promise<EditedPass> {
  const { nLayer, nEmbd } = model.config;
  const firstLayer = Math.min(...edits.map(({ layer }) => layer));
  const changed = residual.slice(0, firstLayer + 1);
  for (let layer = firstLayer; layer < nLayer; layer++) {
    const share = (layer - firstLayer) / (nLayer - firstLayer);
    await betweenStages(options, 'forward', `Block ${layer + 1} of ${nLayer}`, share);
    const own = edits.filter((edit) => edit.layer === layer);
    const residPre = steered(changed[layer]!, own, directions, nEmbd);
    const blockEdits = await editsOfBlock(model, layer, residPre, own);
    changed[layer] = residPre;
    changed.push(
      blockEdits
        ? await changedBlock(model, layer, residPre, blockEdits)
        : await model.block(layer, residPre),
    );
  }
  if (!changed.at(-1)!.every(Number.isFinite)) {
    throw new UserError('The changed numbers are too large to compute with: use smaller factors.');
  }
  return { residual: changed, firstLayer };
}

/** residPre with the directions added; the same array where there are none. */
function steered(
  residPre: Float32Array,
  edits: readonly Edit[],
  directions: ReadonlyMap<Edit, Float32Array>,
  nEmbd: number,
): Float32Array {
  let result = residPre;
  for (const edit of edits) {
    if (edit.kind !== 'steer') continue;
    const direction = directions.get(edit)!;
    if (result === residPre) result = residPre.slice();
    for (let at = edit.from * nEmbd; at < result.length; at++) {
      result[at]! += edit.factor * direction[at % nEmbd]!;
    }
  }
  return result;
}

/** What the edits of one layer make of its block; null where it stays the model's own. */
async function editsOfBlock(
  model: Model,
  layer: number,
  residPre: Float32Array,
  edits: readonly Edit[],
): Promise<BlockEdits | null> {
  if (edits.every(({ kind }) => kind === 'steer')) return null;
  const block = noEdits(model.config.nHead);
  for (const edit of edits) {
    switch (edit.kind) {
      case 'steer':
        break;
      case 'scaleHead':
        block.headFactor[edit.head]! *= edit.factor;
        block.headMean[edit.head]! *= edit.factor;
        break;
      case 'scaleAttention':
        block.attnFactor *= edit.factor;
        break;
      case 'ablateHead': {
        // The mean of f · x + s · mean(x) is (f + s) · mean(x).
        const { headFactor, headMean } = block;
        headMean[edit.head] =
          edit.by === 'mean' ? headFactor[edit.head]! + headMean[edit.head]! : 0;
        headFactor[edit.head] = 0;
        break;
      }
      case 'ablateMlp':
        block.mlpMean = edit.by === 'mean' ? block.mlpFactor + block.mlpMean : 0;
        block.mlpFactor = 0;
        break;
      case 'setPatternRow': {
        const { head, query } = edit;
        const rows = block.patternRows;
        const before = rows.find((row) => row.head === head && row.query === query);
        const weights = before?.weights ?? (await patternRow(model, layer, residPre, head, query));
        const first = firstSeen(model.config, layer, query);
        setRow(weights, edit.to, { layer, head, query, first });
        if (!before) rows.push({ head, query, weights });
        break;
      }
    }
  }
  return block;
}

/** The model's own row of attention, [n], as it is at this point of the changed pass. */
async function patternRow(
  model: Model,
  layer: number,
  residPre: Float32Array,
  head: number,
  query: number,
): Promise<Float32Array> {
  const { pattern } = await attentionAt(model, layer, residPre, query); // [nHead, query + 1]
  const weights = new Float32Array(residPre.length / model.config.nEmbd);
  weights.set(pattern.subarray(head * (query + 1), (head + 1) * (query + 1)));
  return weights;
}

function setRow(
  weights: Float32Array, // [n]
  to: PatternRow,
  { layer, head, query, first }: { layer: number; head: number; query: number; first: number },
): void {
  switch (to.rule) {
    case 'only':
      weights.fill(0);
      weights[to.key] = 1;
      return;
    case 'uniform':
      weights.fill(0).fill(1 / (query + 1 - first), first, query + 1);
      return;
    case 'weights':
      weights.set(to.weights);
      return;
    case 'without': {
      weights[to.key] = 0;
      const left = weights.reduce((sum, weight) => sum + weight, 0);
      if (left < 1e-30) {
        throw new UserError(
          `L${layer}H${head} looks at nothing but token ${to.key} from token ${query}, so nothing is ` +
            'left without it: choose another token.',
        );
      }
      for (let key = 0; key <= query; key++) weights[key]! /= left;
    }
  }
}
