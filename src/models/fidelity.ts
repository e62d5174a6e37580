import type { Fidelity } from '../protocol/modelPage';
import measured from './fidelity.json';

type Measured = Omit<Fidelity, 'reference' | 'dtype'>;

/**
 * How far this family was found to be from the reference, with weights of this dtype; where none
 * was compared in this dtype, in F32. `npm run fidelity` measures it.
 */
export function fidelityOf(family: string, dtype: string): Fidelity | null {
  const families: Record<string, Record<string, Measured> | undefined> = measured.families;
  const ofFamily = families[family];
  const found = ofFamily?.[dtype] ? dtype : 'F32';
  const numbers = ofFamily?.[found];
  return numbers ? { reference: measured.reference, dtype: found, ...numbers } : null;
}
