import type { HeadChoice } from '../protocol/attention';

/** L5H1; "L5 mean" for its heads together; "rollout to L5". */
export function headName({ layer, head }: { layer: number; head: HeadChoice }): string {
  if (typeof head === 'number') return `L${layer}H${head}`;
  return head === 'rollout' ? `rollout to L${layer}` : `L${layer} ${head}`;
}
