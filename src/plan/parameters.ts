/** Request parameters as typed literals: they are bound into the tree, never into the text (spec sql-endpoint 3.4). */

import type { Literal, Session } from '../../translators/algebra/index.ts';
import { castTo } from '../../translators/index.ts';
import type { Parameter } from '../contract/sql-request.ts';

const INT = 2_147_483_647;

export function literalOf(parameter: Parameter, session: Session): Literal {
  const { type, value } = parameter;
  if (value === null) return { kind: 'literal', type: 'undefined', value: null };
  switch (type) {
    case 'byte':
    case 'short':
    case 'integer':
    case 'long':
      return { kind: 'literal', type: Math.abs(Number(value)) <= INT ? 'integer' : 'long', value };
    case 'float':
    case 'double':
      return { kind: 'literal', type: 'double', value };
    case 'boolean':
      return { kind: 'literal', type: 'boolean', value };
    case 'time':
    case 'timestamp':
    case 'ip':
      return castTo({ kind: 'literal', type: 'keyword', value }, type, session) as Literal;
    default:
      // A declared date may well hold a timestamp: what it is compared with decides.
      return { kind: 'literal', type: 'keyword', value };
  }
}
