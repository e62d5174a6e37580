import { UserError } from '../../protocol/userError';
import type { ConfigReader } from '../configReader';
import type { Family } from './family';
import { gpt2 } from './gpt2';

const families: readonly Family[] = [gpt2];

/** @throws {UserError} where no family goes by the name that config.json gives. */
export function familyOf(reader: ConfigReader): Family {
  const modelType = reader.text('model_type');
  const family = families.find(({ name }) => name === modelType);
  if (family) return family;
  const names = families.map(({ name }) => name).join(', ');
  throw new UserError(
    `Models of the family "${modelType}" are not supported yet. Choose one of the family ${names}.`,
  );
}
