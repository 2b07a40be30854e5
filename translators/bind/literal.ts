/** Literals of the syntax tree as typed values. */

import { parseDecimal } from '../algebra/decimal.ts';
import type { Literal } from '../algebra/expr.ts';
import type { Session } from '../algebra/session.ts';
import { SqlError } from '../errors.ts';
import { onSessionClock } from '../functions/zoned.ts';
import type { LiteralNode } from '../syntax/ast.ts';
import { badDate, badTime, badTimestamp, parseDate, parseTime, parseTimestamp } from '../temporal/temporal-text.ts';

const LONG_MAX = 9223372036854775807n;
const LONG_MIN = -9223372036854775808n;

export function bindLiteral(node: LiteralNode, session: Session): Literal {
  switch (node.type) {
    case 'null':
      return { kind: 'literal', type: 'undefined', value: null };
    case 'string':
      return { kind: 'literal', type: 'keyword', value: node.value };
    case 'integer':
    case 'long': {
      const value = node.value as number | bigint;
      if (BigInt(value) > LONG_MAX || BigInt(value) < LONG_MIN) {
        throw new SqlError('numberFormat', `For input string: "${value}"`);
      }
      return { kind: 'literal', type: node.type, value };
    }
    case 'date': {
      const text = String(node.value);
      return { kind: 'literal', type: 'date', value: parseDate(onClock(text, session)) ?? fail(badDate(text)) };
    }
    case 'time': {
      const text = String(node.value);
      return { kind: 'literal', type: 'time', value: parseTime(onClock(text, session)) ?? fail(badTime(text)) };
    }
    case 'timestamp': {
      const text = String(node.value);
      return {
        kind: 'literal',
        type: 'timestamp',
        value: parseTimestamp(onClock(text, session)) ?? fail(badTimestamp(text)),
      };
    }
    default: {
      const decimal = node.decimal === undefined ? undefined : parseDecimal(node.decimal);
      return { kind: 'literal', type: node.type, value: node.value, ...(decimal && { decimal }) };
    }
  }
}

/** What names its offset, as the session's clock shows it. */
function onClock(text: string, session: Session): string {
  const utc = session.zone === undefined ? undefined : parseTimestamp(text);
  return utc === undefined ? text : (onSessionClock(text, utc, session) ?? text);
}

function fail(error: SqlError): never {
  throw error;
}
