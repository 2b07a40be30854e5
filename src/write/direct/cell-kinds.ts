/** Which cells the kernel may copy from the text of a document, and how. */
import {
  CELL_BOOLEAN,
  CELL_CONSTANT,
  CELL_DOUBLE,
  CELL_FLOAT,
  CELL_HOLE,
  CELL_HOLE_ALWAYS,
  CELL_INTEGER,
  CELL_TEXT,
  CELL_TIMESTAMP,
} from '../../../kernels/layout.ts';
import type { Field } from '../../../translators/algebra/index.ts';
import { readsIsoText } from '../../../translators/execution.ts';

export const CELL_KINDS = {
  text: CELL_TEXT,
  integer: CELL_INTEGER,
  /** Decimals of up to so many significant digits are printed as they stand. */
  double: CELL_DOUBLE,
  float: CELL_FLOAT,
  boolean: CELL_BOOLEAN,
  timestamp: CELL_TIMESTAMP,
  /** Left to the host: where the document has a value, or always. */
  hole: CELL_HOLE,
  holeAlways: CELL_HOLE_ALWAYS,
  /** All of it stands in what comes before the cell. */
  constant: CELL_CONSTANT,
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
