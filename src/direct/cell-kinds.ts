/** Which cells the kernel may copy from the text of a document, and how; the numbers are those of `kernels/hit-kernel.ts`. */
import { readsIsoText } from '../../translators/catalog/date-format.ts';
import type { Field } from '../../translators/catalog/schema.ts';

export const CELL_KINDS = {
  text: 0,
  integer: 1,
  /** Decimals of up to so many significant digits are printed as they stand. */
  double: 2,
  float: 3,
  boolean: 4,
  timestamp: 5,
  /** Left to the host: where the document has a value, or always. */
  hole: 6,
  holeAlways: 7,
  /** All of it stands in what comes before the cell. */
  constant: 8,
} as const;

export type CellKind = keyof typeof CELL_KINDS;

/** Whatever of these is not written as expected is left to the host as well. */
export function cellKindOf(field: Field): CellKind {
  switch (field.type) {
    case 'keyword':
    case 'text':
      return 'text';
    case 'byte':
    case 'short':
    case 'integer':
    case 'long':
    case 'unsigned_long':
      return 'integer';
    case 'double':
      return 'double';
    case 'float':
      return 'float';
    case 'boolean':
      return 'boolean';
    case 'timestamp':
      return field.mapping === 'date' && readsIsoText(field.format) ? 'timestamp' : 'hole';
    default:
      return 'hole';
  }
}
