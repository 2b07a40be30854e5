/** Key expressions that a composite aggregation computes itself: fixed widths of numbers, units of time, and truncated dates. */

import type { Dsl } from '../../algebra/dsl.ts';
import type { Call, Expr } from '../../algebra/expr.ts';
import type { Field } from '../../algebra/schema.ts';
import { isNumber, type Value } from '../../algebra/types.ts';
import { bucketInterval } from '../../functions/bucket-interval.ts';
import { type Letters, lettersOf } from '../../functions/format-letters.ts';
import { zoneNamed } from '../../temporal/time-zone.ts';

interface BucketSource {
  readonly kind: 'histogram' | 'date_histogram';
  readonly source: Dsl;
}

/** Undefined where only a script or the residual gives exactly these keys. `pathOf`: doc values that hold the whole field. */
export function bucketSource(expr: Expr, pathOf: (field: Field) => string | undefined): BucketSource | undefined {
  const dates = dateSource(expr, pathOf);
  if (dates) return { kind: 'date_histogram', source: dates };
  if (expr.kind !== 'call' || expr.fn.bucket !== 'width' || expr.args.length !== 2) return undefined;
  const [value, width] = expr.args;
  const field = value?.kind === 'column' ? value.column.field : undefined;
  // Whole numbers beyond a double's digits would be rounded before they are divided.
  if (!field || !isNumber(field.type) || field.type === 'unsigned_long') return undefined;
  const path = pathOf(field);
  return path === undefined ? undefined : { kind: 'histogram', source: { field: path, interval: literal(width) } };
}

function dateSource(expr: Expr, pathOf: (field: Field) => string | undefined): Dsl | undefined {
  if (expr.kind === 'cast' && expr.type === 'date') return dayOf(expr.arg, pathOf);
  if (expr.kind !== 'call') return undefined;
  const [first] = expr.args;
  if (!first) return undefined;
  switch (expr.fn.bucket) {
    case 'interval':
      return histogram(expr, pathOf);
    case 'day':
      return expr.args.length === 1 ? dayOf(first, pathOf) : undefined;
    case 'year': {
      const date = dateOf(first, pathOf);
      return date && { ...dated(date, { calendar_interval: 'year' }), format: 'uuuu' };
    }
    case 'format':
      return formatted(expr, pathOf);
    default:
      return undefined;
  }
}

function dayOf(arg: Expr, pathOf: (field: Field) => string | undefined): Dsl | undefined {
  const date = arg.type === 'timestamp' ? dateOf(arg, pathOf) : undefined;
  if (!date) return undefined;
  // A key is a moment; on the clock of a zone its date has to be written.
  return { ...dated(date, { calendar_interval: 'day' }), ...(date.zone ? { format: 'uuuu-MM-dd' } : {}) };
}

function histogram({ args }: Call, pathOf: (field: Field) => string | undefined): Dsl | undefined {
  const [moment, length, zone, offset] = args;
  const path = moment && datePath(moment, pathOf);
  if (path === undefined || args.slice(1).some((arg) => arg.kind !== 'literal')) return undefined;
  const interval = bucketInterval(String(literal(length)));
  return {
    field: path,
    ...(interval.kind === 'calendar'
      ? { calendar_interval: interval.unit }
      : { fixed_interval: `${interval.millis}ms` }),
    ...(zone ? { time_zone: literal(zone) } : {}),
    ...(offset ? { offset: literal(offset) } : {}),
  };
}

/** A text that tells a date down to some unit is the same for all moments of that unit. */
function formatted({ args }: Call, pathOf: (field: Field) => string | undefined): Dsl | undefined {
  const [moment, specifiers] = args;
  const letters = typeof literal(specifiers) === 'string' ? lettersOf(literal(specifiers) as string) : undefined;
  if (!letters || !moment) return undefined;
  if (moment.kind === 'call' && moment.fn.bucket === 'interval') {
    const source = moment.args.length === 2 ? histogram(moment, pathOf) : undefined;
    return source && tellsApart(source, letters) ? { ...source, format: letters.pattern } : undefined;
  }
  const date = dateOf(moment, pathOf);
  // An hour that comes twice is two buckets of one text.
  if (!date || (date.zone && /^[A-Za-z]/.test(date.zone) && SHORT.has(letters.finest))) return undefined;
  const unit = letters.finest === 'second' ? { fixed_interval: '1s' } : { calendar_interval: letters.finest };
  return { ...dated(date, unit), format: letters.pattern };
}

const SHORT: ReadonlySet<string> = new Set(['hour', 'minute', 'second']);

interface DateSource {
  readonly path: string;
  readonly zone?: string;
}

/** A date field, or the clock of a zone at its moments. */
function dateOf(expr: Expr, pathOf: (field: Field) => string | undefined): DateSource | undefined {
  const zoned = expr.kind === 'call' && expr.fn.showsClock ? expr : undefined;
  const path = datePath(zoned?.args[0] ?? expr, pathOf);
  if (path === undefined || !zoned) return path === undefined ? undefined : { path };
  const zone = literal(zoned.args[1]);
  return typeof zone === 'string' && zoneNamed(zone) ? { path, zone } : undefined;
}

const dated = ({ path, zone }: DateSource, unit: Dsl): Dsl => ({
  field: path,
  ...unit,
  ...(zone === undefined ? {} : { time_zone: zone }),
});

const FINENESS = ['year', 'quarter', 'month', 'week', 'day', 'hour', 'minute', 'second'];

/** Two buckets of one text would come as two groups. */
function tellsApart(source: Dsl, { finest }: Letters): boolean {
  const unit = source.calendar_interval;
  const known = finest === 'month' ? 'month' : finest;
  return unit === undefined
    ? finest === 'second' && Number.parseInt(String(source.fixed_interval), 10) % 1000 === 0
    : FINENESS.indexOf(String(unit)) <= FINENESS.indexOf(known);
}

/** A date field that buckets see as the row shows it; nanoseconds do not matter below a bucket of milliseconds, but are read apart. */
function datePath(expr: Expr, pathOf: (field: Field) => string | undefined): string | undefined {
  const inner = expr.kind === 'cast' && expr.type === 'timestamp' && expr.arg.type === 'date' ? expr.arg : expr;
  if (inner.kind !== 'column' || (inner.type !== 'timestamp' && inner.type !== 'date')) return undefined;
  const { field } = inner.column;
  return field?.mapping === 'date' ? pathOf(field) : undefined;
}

const literal = (expr: Expr | undefined): Value => (expr?.kind === 'literal' ? expr.value : null);
