import { isObject, quoted, type JsonReader } from './jsonReader';
import { prepend, replace, strip, unicodeForm, type Normalizer } from './normalizers';

/** @throws {UserError} where one is not supported. */
export function readNormalizers(reader: JsonReader, value: unknown): Normalizer[] {
  if (value === null || value === undefined) return [];
  const step = reader.object(value, 'a normalizer');
  const { type } = step;
  switch (type) {
    case 'Sequence':
      return reader
        .array(step.normalizers, 'its list of normalizers')
        .flatMap((each) => readNormalizers(reader, each));
    case 'NFC':
    case 'NFD':
    case 'NFKC':
    case 'NFKD':
      return [unicodeForm(type)];
    case 'Prepend':
      return [prepend(reader.string(step.prepend, 'what a normalizer puts in front'))];
    case 'Replace': {
      const { pattern } = step;
      if (!isObject(pattern) || typeof pattern.String !== 'string') {
        throw reader.unsupported('a normalizer that replaces by a regular expression');
      }
      return [replace(pattern.String, reader.string(step.content, 'what a normalizer writes'))];
    }
    case 'Strip':
      return [
        strip(
          reader.boolean(step.strip_left, 'strip_left', true),
          reader.boolean(step.strip_right, 'strip_right', true),
        ),
      ];
    default:
      throw reader.unsupported(`the normalizer ${quoted(type)}`);
  }
}
