/** Binds the bucket functions of the older engine to key expressions, with what they do to the groups (spec sql-functions 11.1). */

import type { Expr, Literal } from '../algebra/expr.ts';
import type { OlderBucket } from '../algebra/function-facts.ts';
import { isNumber, type Value } from '../algebra/types.ts';
import { compileDateFormat } from '../catalog/date-format.ts';
import { place, SqlError } from '../errors.ts';
import { checkedZone, DATE_HISTOGRAM, GEOHASH, HISTOGRAM } from '../functions/bucket.ts';
import { bucketInterval, offsetMillis } from '../functions/bucket-interval.ts';
import { IFNULL } from '../functions/conditional.ts';
import { CONVERT_TZ } from '../functions/datetime-convert.ts';
import { DATE_FORMAT } from '../functions/datetime-format.ts';
import { specifiersOf } from '../functions/format-letters.ts';
import { checkedPrecision } from '../functions/geohash.ts';
import { operatorFunction, scalarFunction } from '../functions/index.ts';
import { javaDouble } from '../functions/java-text.ts';
import type { CallNode, ExprNode } from '../syntax/ast.ts';
import { callFunction } from './call.ts';
import { castTo, compare } from './coerce.ts';
import { type ExprContext, semantic } from './context.ts';
import { bindCondition, bindExpr } from './expression.ts';
import { literalText, NamedArguments, numberOf } from './named-arguments.ts';

export interface Bucket {
  readonly expr: Expr;
  /** Of the column, when given. */
  readonly alias?: string;
  /** Rows that belong to some bucket: a document without a value is in none. */
  readonly within: Expr;
  /** Most groups; the greatest first. */
  readonly size?: number;
  readonly order?: { readonly by: 'key' | 'count'; readonly desc: boolean };
  /** Groups with fewer rows are left out. */
  readonly least?: number;
}

type Binder = (node: CallNode, context: ExprContext) => Bucket;

/** Forms that are buckets and nothing else, by the names that the older engine gives them. */
const FORMS: Readonly<Record<string, BucketForm>> = {
  RANGE: 'range',
  DATE_RANGE: 'dateRange',
  TERMS: 'terms',
  FILTER: 'filter',
  GEOHASH_GRID: 'geohashGrid',
};

type BucketForm = OlderBucket | 'range' | 'terms' | 'filter' | 'geohashGrid';

const formOf = (name: string): BucketForm | undefined =>
  Object.hasOwn(FORMS, name) ? FORMS[name] : scalarFunction(name)?.olderBucket;

/** `month(d)` is a part of a date; with named arguments or boundaries it is a bucket. */
export function isBucketFunction({ name, args, named }: CallNode): boolean {
  const isPart = scalarFunction(name)?.olderBucket === 'dateRange' && named.length === 0 && args.length <= 1;
  return formOf(name) !== undefined && !isPart;
}

export function bindBucket(node: CallNode, context: ExprContext): Bucket {
  const bucket = BINDERS[formOf(node.name)!](node, context);
  if (bucket.least === 0) {
    throw new SqlError(
      'unsupported',
      `'min_doc_count'=0 is not available here: groups without rows are not made${place(context.env.sql, node.at)}`,
    );
  }
  return bucket;
}

const SHARED = ['alias', 'min_doc_count', 'order', 'nested', 'reverse_nested', 'children', 'extended_bounds'];

const BINDERS: Readonly<Record<BucketForm, Binder>> = {
  histogram(node, context) {
    const args = open(node, context, ['field', 'interval', 'offset', ...SHARED]);
    const value = fieldOf(args.take('field'), node, context);
    const width = numberOf(textOf(args.take('interval'), 'interval', node, context), 'interval');
    if (width <= 0) throw semantic(context, node.at, `'interval' takes a number above 0`);
    const shift = args.take('offset');
    const offset = shift ? numberOf(literalText(signed(shift), context), 'offset') : 0;
    const literals = offset === 0 ? [double(width)] : [double(width), double(offset)];
    return {
      expr: callFunction(HISTOGRAM, [value, ...literals], node, context),
      within: present(value),
      ...shared(args),
    };
  },
  dateHistogram(node, context) {
    const args = open(node, context, [
      'field',
      'interval',
      'fixed_interval',
      'calendar_interval',
      'format',
      'time_zone',
      'offset',
      ...SHARED,
    ]);
    const value = fieldOf(args.take('field'), node, context);
    const fixed = args.text('fixed_interval');
    const calendar = args.text('calendar_interval');
    const written = fixed ?? calendar ?? textOf(args.take('interval'), 'interval', node, context);
    const interval = bucketInterval(
      written,
      fixed !== undefined ? 'fixed' : calendar !== undefined ? 'calendar' : 'either',
    );
    const length = interval.kind === 'fixed' ? `${interval.millis}ms` : interval.unit;
    const zone = optionalText(args.take('time_zone'), context);
    if (zone !== undefined) checkedZone(zone);
    const offset = optionalText(args.take('offset'), context);
    if (offset !== undefined) offsetMillis(offset);
    const literals = [
      length,
      ...(zone !== undefined || offset !== undefined ? [zone ?? 'UTC'] : []),
      ...(offset !== undefined ? [offset] : []),
    ];
    const start = callFunction(DATE_HISTOGRAM, [value, ...literals.map(text)], node, context);
    const format = args.text('format');
    if (format === undefined) return { expr: start, within: present(value), ...shared(args) };
    const specifiers = specifiersOf(format);
    if (specifiers === undefined) {
      throw semantic(
        context,
        node.at,
        `date_histogram() cannot write the format [${format}]; it knows yyyy MM dd HH mm ss`,
      );
    }
    // The cluster writes the key in the wall clock of its zone.
    const local =
      zone === undefined ? start : callFunction(CONVERT_TZ, [start, text('+00:00'), text(zone)], node, context);
    const expr = callFunction(DATE_FORMAT, [local, text(specifiers)], node, context);
    return { expr, within: present(value), ...shared(args) };
  },
  range(node, context) {
    const args = open(node, context, ['field', 'alias', 'nested', 'reverse_nested', 'children']);
    const value = fieldOf(args.take('field'), node, context);
    if (!isNumber(value.type)) throw semantic(context, node.at, 'range() takes a number and its boundaries');
    const bounds = args.rest().map((bound) => numberOf(literalText(signed(bound), context), 'range'));
    const names = bounds.map((bound) => javaDouble(bound, 'double'));
    return { ...ranges(value, bounds.map(double), names, node, context), ...shared(args) };
  },
  dateRange: bindDateRange,
  terms(node, context) {
    const args = open(node, context, [
      'field',
      'size',
      'shard_size',
      'missing',
      'include',
      'exclude',
      'execution_hint',
      'collect_mode',
      'shard_min_doc_count',
      'show_term_doc_count_error',
      ...SHARED,
    ]);
    const field = fieldOf(args.take('field'), node, context);
    const missing = args.text('missing');
    const expr =
      missing === undefined
        ? field
        : callFunction(IFNULL, [field, castTo(text(missing), field.type, context.env.session)], node, context);
    const tests: Expr[] = [present(expr)];
    for (const name of ['include', 'exclude']) {
      const pattern = args.text(name);
      if (pattern === undefined) continue;
      const match = compare(
        '=',
        callFunction(operatorFunction('REGEXP', 'two'), [expr, text(pattern)], node, context),
        { kind: 'literal', type: 'integer', value: 1 },
        context.env.session,
      );
      tests.push(name === 'include' ? match : { kind: 'not', type: 'boolean', arg: match });
    }
    const size = args.count('size');
    return { expr, within: { kind: 'and', type: 'boolean', args: tests }, ...(size ? { size } : {}), ...shared(args) };
  },
  filter(node, context) {
    const args = open(node, context, ['name', 'condition', 'alias', 'nested', 'reverse_nested', 'children']);
    const written = args.take('name');
    const label = written?.kind === 'name' ? written.parts.join('.') : textOf(written, 'name', node, context);
    const condition = args.take('condition');
    if (!condition) throw semantic(context, node.at, 'filter() takes a name and a condition');
    const when = bindCondition(condition, { ...context, alias: undefined });
    const expr: Expr = { kind: 'case', type: 'keyword', whens: [{ when, then: text(label) }], otherwise: NO_BUCKET };
    return { expr, within: when, ...shared(args) };
  },
  geohashGrid(node, context) {
    const args = open(node, context, [
      'field',
      'precision',
      'size',
      'shard_size',
      'alias',
      'nested',
      'reverse_nested',
      'children',
    ]);
    const point = fieldOf(args.take('field'), node, context);
    const precision = checkedPrecision(precisionOf(args.take('precision'), context));
    const size = args.count('size');
    const literal: Literal = { kind: 'literal', type: 'integer', value: precision };
    return {
      expr: callFunction(GEOHASH, [point, literal], node, context),
      within: present(point),
      ...(size ? { size } : {}),
      ...shared(args),
    };
  },
};

function bindDateRange(node: CallNode, context: ExprContext): Bucket {
  const args = open(node, context, ['field', 'format', 'alias', 'nested', 'reverse_nested', 'children']);
  const value = castTo(fieldOf(args.take('field'), node, context), 'timestamp', context.env.session);
  const format = args.text('format');
  const read = compileDateFormat(format, false);
  if (!read) throw semantic(context, node.at, `${node.name.toLowerCase()}() cannot read the format [${format}]`);
  const written = args.rest().map((bound) => literalText(bound, context));
  const bounds = written.map((bound) => {
    const moment = read(bound);
    if (moment === undefined) {
      throw semantic(
        context,
        node.at,
        `${node.name.toLowerCase()}() cannot read the boundary [${bound}] by its format`,
      );
    }
    return moment;
  });
  const names = format === undefined ? bounds.map(isoText) : written;
  const literals = bounds.map((value): Literal => ({ kind: 'literal', type: 'timestamp', value }));
  return { ...ranges(value, literals, names, node, context), ...shared(args) };
}

function open(node: CallNode, context: ExprContext, allowed: readonly string[]): NamedArguments {
  const args = new NamedArguments(node, context, allowed);
  args.refuse(['nested', 'reverse_nested', 'children'], 'write nested(path) or a join in place of it');
  args.refuse(['extended_bounds'], 'groups without rows are not made');
  return args;
}

const ORDERS: Readonly<Record<string, Bucket['order']>> = {
  asc: { by: 'key', desc: false },
  desc: { by: 'key', desc: true },
  key_asc: { by: 'key', desc: false },
  key_desc: { by: 'key', desc: true },
  count_asc: { by: 'count', desc: false },
  count_desc: { by: 'count', desc: true },
};

function shared(args: NamedArguments): Pick<Bucket, 'alias' | 'order' | 'least'> {
  args.end();
  const alias = args.text('alias');
  const least = args.count('min_doc_count');
  const written = args.text('order');
  const order = written === undefined ? undefined : ORDERS[written.trim().toLowerCase()];
  if (written !== undefined && !order) {
    throw new SqlError(
      'illegalArgument',
      `Invalid order [${written}]. Available values are ${Object.keys(ORDERS).join(', ')}`,
    );
  }
  return {
    ...(alias !== undefined ? { alias } : {}),
    ...(least !== undefined ? { least } : {}),
    ...(order ? { order } : {}),
  };
}

/** A name in quotes is a field too; any other expression stands as it is. */
function fieldOf(node: ExprNode | undefined, call: CallNode, context: ExprContext): Expr {
  if (!node) throw semantic(context, call.at, `${call.name.toLowerCase()}() needs a field`);
  if (node.kind === 'literal' && typeof node.value === 'string') {
    return bindExpr({ kind: 'name', parts: node.value.split('.'), at: node.at }, { ...context, alias: undefined });
  }
  return bindExpr(node, { ...context, alias: undefined });
}

function textOf(node: ExprNode | undefined, name: string, call: CallNode, context: ExprContext): string {
  if (!node) throw semantic(context, call.at, `${call.name.toLowerCase()}() needs '${name}'`);
  return literalText(node, context);
}

const optionalText = (node: ExprNode | undefined, context: ExprContext): string | undefined =>
  node && literalText(node, context);

const DEFAULT_PRECISION = 5;
const precisionOf = (node: ExprNode | undefined, context: ExprContext): number =>
  node ? numberOf(literalText(node, context), 'precision') : DEFAULT_PRECISION;

/** `-5` may come as a sign and a number. */
const signed = (node: ExprNode): ExprNode =>
  node.kind === 'unary' && node.arg.kind === 'literal' && typeof node.arg.value === 'number'
    ? { ...node.arg, value: node.op === '-' ? -node.arg.value : node.arg.value }
    : node;

/** n boundaries make n − 1 ranges, lower edge included; labels as the cluster writes them: `20.0-25.0`. */
function ranges(
  value: Expr,
  bounds: readonly Literal[],
  names: readonly string[],
  node: CallNode,
  context: ExprContext,
): Pick<Bucket, 'expr' | 'within'> {
  if (bounds.length < 2) throw semantic(context, node.at, `${node.name.toLowerCase()}() needs two boundaries or more`);
  const { session } = context.env;
  const ordered = bounds.every((bound, i) => i === 0 || (bound.value as number) > (bounds[i - 1]!.value as number));
  if (!ordered) throw semantic(context, node.at, `The boundaries of ${node.name.toLowerCase()}() must rise`);
  const below = (bound: Literal): Expr => compare('<', value, bound, session);
  const within: Expr = {
    kind: 'and',
    type: 'boolean',
    args: [compare('>=', value, bounds[0]!, session), below(bounds.at(-1)!)],
    between: value,
  };
  const whens = bounds.map((bound, i) => ({
    when: below(bound),
    then: i === 0 ? NO_BUCKET : text(`${names[i - 1]}-${names[i]}`),
  }));
  return { expr: { kind: 'case', type: 'keyword', whens, otherwise: NO_BUCKET }, within };
}

const NO_BUCKET: Literal = { kind: 'literal', type: 'keyword', value: null };

const present = (arg: Expr): Expr => ({ kind: 'not', type: 'boolean', arg: { kind: 'isNull', type: 'boolean', arg } });
const text = (value: Value): Literal => ({ kind: 'literal', type: 'keyword', value });
const double = (value: number): Literal => ({ kind: 'literal', type: 'double', value });
const isoText = (moment: string): string => {
  const [seconds, fraction = ''] = moment.replace(' ', 'T').split('.');
  return `${seconds}.${fraction.padEnd(3, '0').slice(0, 3)}Z`;
};
