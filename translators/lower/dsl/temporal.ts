/** A date field against a canonical date, time or timestamp, or against a period of time. */

import type { Dsl } from '../../algebra/dsl.ts';
import type { CompareOperator } from '../../algebra/expr.ts';
import type { Field } from '../../algebra/schema.ts';
import type { SqlType } from '../../algebra/types.ts';
import { finerThanIndex } from '../../catalog/finer-than-index.ts';
import { MATCH_ALL, MATCH_NONE } from './bool.ts';

type Ordering = Exclude<CompareOperator, '!='>;

/** One format that reads every bound, whatever the mapping's own formats are. */
const FORMAT = 'strict_date_optional_time_nanos';

/** What `date_nanos` can hold; the cluster refuses bounds outside. */
const NANOS_FIRST = '1970-01-01T00:00:00.000000000Z';
const NANOS_LAST = '2262-04-11T23:47:16.854775807Z';

interface Bounds {
  readonly gt?: string;
  readonly gte?: string;
  readonly lt?: string;
  readonly lte?: string;
}

/** match_all stands for "every value", match_none for "no value". */
export interface TemporalTest {
  readonly query: Dsl;
  readonly exact: boolean;
  readonly certain?: Dsl;
}

export const isDateField = (field: Field): boolean => field.mapping === 'date' || field.mapping === 'date_nanos';

/** Canonical text → ISO with nine digits, so that text order is time order. */
function isoOf(type: SqlType, canonical: string): string | undefined {
  let text = canonical;
  if (type === 'date') text = `${canonical}T00:00:00`;
  else if (type === 'time') text = `1970-01-01T${canonical}`;
  const match = /^(\d{4}-\d\d-\d\d)[T ](\d\d:\d\d:\d\d)(?:\.(\d{1,9}))?$/.exec(text);
  return match ? `${match[1]}T${match[2]}.${(match[3] ?? '').padEnd(9, '0')}Z` : undefined;
}

/** The shortest text of a bound that leaves nothing for the cluster to round: milliseconds at least. */
const shown = (iso: string): string => iso.replace(/(\.\d{3}\d*?)0*Z$/, '$1Z');
const wholeMillis = (iso: string): boolean => iso.endsWith('000000Z');
const toMillis = (iso: string): string => `${iso.slice(0, 23)}000000Z`;

function clampNanos(bounds: Bounds): Bounds | 'none' {
  const low = bounds.gte ?? bounds.gt;
  const high = bounds.lte ?? bounds.lt;
  if (low !== undefined && low > NANOS_LAST) return 'none';
  if (high !== undefined && high < NANOS_FIRST) return 'none';
  const out: { gt?: string; gte?: string; lt?: string; lte?: string } = { ...bounds };
  if (low !== undefined && low < NANOS_FIRST) {
    delete out.gt;
    delete out.gte;
  }
  if (high !== undefined && high > NANOS_LAST) {
    delete out.lt;
    delete out.lte;
  }
  return out;
}

export function rangeQuery(field: Field, bounds: Bounds): Dsl {
  const clamped = field.mapping === 'date_nanos' ? clampNanos(bounds) : bounds;
  if (clamped === 'none') return MATCH_NONE;
  const body: Record<string, string> = {};
  for (const name of ['gt', 'gte', 'lt', 'lte'] as const) {
    const bound = clamped[name];
    if (bound !== undefined) body[name] = shown(bound);
  }
  if (Object.keys(body).length === 0) return MATCH_ALL;
  return { range: { [field.path]: { ...body, format: FORMAT } } };
}

const boundsOf = (op: Ordering, iso: string): Bounds => {
  switch (op) {
    case '=':
      return { gte: iso, lte: iso };
    case '<':
      return { lt: iso };
    case '<=':
      return { lte: iso };
    case '>':
      return { gt: iso };
    case '>=':
      return { gte: iso };
  }
};

/** Conflicting mappings of one name may keep different resolutions: then only one of them answers for all. */
const mixed = (field: Field): boolean => field.conflict?.some((kind) => kind !== field.mapping) ?? false;

/**
 * A `date` field keeps milliseconds and is compared in them. Finer literals, and fields whose format is finer, give the
 * milliseconds around as candidates.
 */
export function temporalTest(field: Field, op: Ordering, type: SqlType, value: string): TemporalTest | undefined {
  const iso = isoOf(type, value);
  if (!iso || !isDateField(field) || mixed(field)) return undefined;
  if (field.mapping === 'date_nanos') return { query: rangeQuery(field, boundsOf(op, iso)), exact: true };
  const whole = wholeMillis(iso);
  if (whole && (!finerThanIndex(field) || op === '<' || op === '>=')) {
    return { query: rangeQuery(field, boundsOf(op, iso)), exact: true };
  }
  const millis = toMillis(iso);
  if (op === '=') return { query: rangeQuery(field, boundsOf('=', millis)), exact: false };
  if (op === '<' || op === '<=') {
    return { query: rangeQuery(field, { lte: millis }), exact: false, certain: rangeQuery(field, { lt: millis }) };
  }
  return { query: rangeQuery(field, { gte: millis }), exact: false, certain: rangeQuery(field, { gt: millis }) };
}

/** Values in a period compared with it: `=` inside, `<` before its start, `>` at or after its end. `to` absent: without end. */
export function periodTest(field: Field, op: Ordering, from: string, to: string | undefined): TemporalTest | undefined {
  const start = isoOf('timestamp', from);
  const end = to === undefined ? undefined : isoOf('timestamp', to);
  if (!start || !isDateField(field) || mixed(field)) return undefined;
  switch (op) {
    case '=':
      return { query: rangeQuery(field, end ? { gte: start, lt: end } : { gte: start }), exact: true };
    case '<':
      return { query: rangeQuery(field, { lt: start }), exact: true };
    case '<=':
      return { query: end ? rangeQuery(field, { lt: end }) : MATCH_ALL, exact: true };
    case '>':
      return { query: end ? rangeQuery(field, { gte: end }) : MATCH_NONE, exact: true };
    case '>=':
      return { query: rangeQuery(field, { gte: start }), exact: true };
  }
}
