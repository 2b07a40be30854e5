/** Window calls as DuckDB SQL: `call OVER (PARTITION BY … ORDER BY … frame)`. */
import type { SortKey, WindowCall } from '../../algebra/plan.ts';
import { isNumber } from '../../algebra/types.ts';
import { SqlError } from '../../errors.ts';
import { lowerAggregate } from './aggregate.ts';
import type { LowerContext } from './context.ts';
import { lowerExpr } from './expr.ts';
import { sortKeys } from './sort-keys.ts';

export function lowerWindow({ call, partition, order, frame }: WindowCall, context: LowerContext): string {
  const parts: string[] = [];
  if (partition.length > 0) parts.push(`PARTITION BY ${partition.map((expr) => lowerExpr(expr, context)).join(', ')}`);
  const keys = sortKeys(order, context);
  if (keys) parts.push(`ORDER BY ${keys}`);
  if (frame !== undefined) parts.push(frameText(frame, order));
  return lowerAggregate(call, context, ` OVER (${parts.join(' ')})`);
}

const BOUND = String.raw`(UNBOUNDED (?:PRECEDING|FOLLOWING)|CURRENT ROW|\d+(?:\.\d+)? (?:PRECEDING|FOLLOWING))`;
const FRAME = new RegExp(`^(ROWS|RANGE|GROUPS) (?:BETWEEN ${BOUND} AND ${BOUND}|${BOUND})$`);

/** The frame read again and printed from its parts, so that no text of the statement reaches the engine unread. */
function frameText(frame: string, order: readonly SortKey[]): string {
  const match = FRAME.exec(frame.trim().replace(/\s+/g, ' ').toUpperCase());
  if (!match)
    throw new SqlError(
      'unsupported',
      `the window frame ${frame} is not supported: bounds are row counts or number distances`,
    );
  const [, unit, low, high, single] = match as unknown as [string, string, string?, string?, string?];
  if (unit === 'RANGE' && /\d/.test(frame) && !(order.length === 1 && isNumber(order[0]!.expr.type))) {
    throw new SqlError('unsupported', 'a RANGE frame with a distance needs exactly one ORDER BY key, of a number type');
  }
  return single === undefined ? `${unit} BETWEEN ${low} AND ${high}` : `${unit} ${single}`;
}
