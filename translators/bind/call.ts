/** Binds calls: scalar functions by their signatures, aggregates and windows into their sinks, and the forms of search. */

import type { AggregateCall, Call, Expr } from '../algebra/expr.ts';
import type { ArgSpec, ScalarFunction } from '../algebra/function.ts';
import type { MetricBody } from '../algebra/function-facts.ts';
import type { SortKey } from '../algebra/plan.ts';
import { isInteger, isString } from '../algebra/types.ts';
import { some } from '../algebra/walk.ts';
import { place, SqlError } from '../errors.ts';
import { aggregateFunction, relevanceFunction, scalarFunction, suggestFunction } from '../functions/index.ts';
import { objectMetrics } from '../functions/object-metrics.ts';
import { argumentError, resolveSignature } from '../functions/resolve.ts';
import type { CallNode, ExprNode, Span, WindowSpec } from '../syntax/ast.ts';
import { orderKeys, withArguments } from './aggregate-order.ts';
import { bindBucket, isBucketFunction } from './bucket.ts';
import { bindTryCast } from './cast.ts';
import { asCondition, castTo, conditionOf, converted } from './coerce.ts';
import { type ExprContext, semantic } from './context.ts';
import { bindExpr } from './expression.ts';
import { metricBody } from './metric-arguments.ts';
import { bindNested } from './nested.ts';
import { bindOldFunction } from './old-functions.ts';
import { bindHighlight, bindRelevance, bindScore, SCORE_NAMES } from './relevance.ts';

export function bindCall(node: CallNode, context: ExprContext): Expr {
  if (node.over) return bindWindow(node, node.over, context);
  if (GROUPING_NAMES.has(node.name)) return bindGrouping(node, context);
  if (node.name === 'NESTED') return bindNested(node, context);
  if (node.name === 'HIGHLIGHT') return bindHighlight(node, context);
  // Over a value that is no field, by position, it is the function of the catalogue.
  const ofValue =
    node.named.length === 0 &&
    node.args[0]?.kind !== 'name' &&
    !(node.args[0]?.kind === 'literal' && node.args[0].type === 'string');
  if (isBucketFunction(node) && !(ofValue && scalarFunction(node.name))) return bindBucket(node, context).expr;
  if (SCORE_NAMES.has(node.name)) return bindScore(node, context);
  if (node.name === 'MISSING' && node.args.length === 1) {
    return { kind: 'isNull', type: 'boolean', arg: bindExpr(node.args[0]!, context) };
  }
  const old = bindOldFunction(node, context);
  if (old) return old;
  const relevance = relevanceFunction(node.name);
  if (relevance) return bindRelevance(node, relevance, context);
  const aggregate = aggregateFunction(node.name);
  if (aggregate && !(aggregate.windowOnly && scalarFunction(node.name))) {
    if (aggregate.windowOnly) throw semantic(context, node.at, `${node.name} is a window function and needs OVER (…)`);
    return bindAggregate(node, context);
  }
  if (node.distinct) throw semantic(context, node.at, 'DISTINCT stands only in an aggregate');
  if (node.order || node.within || node.separator)
    throw semantic(context, node.at, 'ORDER BY, SEPARATOR and WITHIN GROUP stand only in an aggregate');
  if (node.filter) throw semantic(context, node.at, 'FILTER stands only after an aggregate');
  if (node.args.some((arg) => arg.kind === 'star')) throw semantic(context, node.at, `${node.name} does not take *`);
  const cast = bindTryCast(node, context);
  if (cast) return cast;
  const lazy = scalarFunction(node.name)?.lazy !== undefined;
  const inner: ExprContext = lazy ? { ...context, guarded: true } : context;
  return callScalar(
    node.name,
    node.args.map((arg) => bindExpr(arg, inner)),
    node,
    inner,
  );
}

const GROUPING_NAMES: ReadonlySet<string> = new Set(['GROUPING', 'GROUPING_ID']);

/** Which of the keys the row's grouping set has not. */
function bindGrouping(node: CallNode, context: ExprContext): Expr {
  if (!context.grouping)
    throw semantic(context, node.at, `${node.name} needs a GROUP BY and cannot stand in ${context.clause} without one`);
  const ofKeys: ExprContext = { ...context, aggregates: undefined, windows: undefined, grouping: undefined };
  return context.grouping.add(
    node.args.map((arg) => bindExpr(arg, ofKeys)),
    node.at,
  );
}

/** A call of a scalar function by the name that the user wrote. */
export function callScalar(
  name: string,
  args: readonly Expr[],
  node: { readonly at: Span },
  context: ExprContext,
): Expr {
  const fn = scalarFunction(name);
  if (fn) return callFunction(fn, args, node, context);
  const near = suggestFunction(name);
  const hint = near ? `. Did you mean ${near}?` : '';
  throw new SqlError(
    'unknownFunction',
    `unsupported function name: ${name.toLowerCase()}${hint}${place(context.env.sql, node.at)}`,
  );
}

/** A call with the implicit casts that its signature asks for. */
export function callFunction(
  fn: ScalarFunction,
  args: readonly Expr[],
  node: { readonly at: Span },
  context: ExprContext,
): Expr {
  if (fn.session) {
    const type = typeof fn.returns === 'string' ? fn.returns : fn.returns([]);
    if (args.length === 0) return { kind: 'literal', type, value: fn.session(context.env.session) };
  }
  if (fn.furtherForm && args.length > 1) return callFunction(fn.furtherForm, args, node, context);
  const given = args.map((arg, i) => (takesCondition(fn, i) ? (conditionOf(arg) ?? arg) : arg));
  const types = given.map((arg) => arg.type);
  const signature = resolveSignature(fn, types);
  if (!signature) throw argumentError(fn, types);
  checkConstants(fn.name, given, signature.specs, node, context);
  const cast = given.map((arg, i) => {
    const type = signature.casts[i];
    return type ? converted(arg, type, context) : arg;
  });
  const type = typeof fn.returns === 'string' ? fn.returns : fn.returns(cast.map((arg) => arg.type));
  const call: Call = { kind: 'call', type, fn, args: cast, written: { sql: context.env.sql, at: node.at } };
  return fn.plainer?.(call) ?? call;
}

/** Where a boolean is wanted, a number is one. */
const takesCondition = ({ signatures }: ScalarFunction, at: number): boolean =>
  signatures.some((specs) => specs[at]?.family === 'boolean');

/** Arguments that have to be the same for all rows, and within bounds. */
function checkConstants(
  name: string,
  args: readonly Expr[],
  specs: readonly ArgSpec[],
  { at }: { readonly at: Span },
  context: ExprContext,
): void {
  for (const [i, { literal, within }] of specs.entries()) {
    const arg = args[i]!;
    if (literal && some(arg, (e) => e.kind === 'column')) {
      throw semantic(
        context,
        at,
        `${name} takes a constant as its argument ${i + 1}, not one that differs from row to row`,
      );
    }
    if (!within || arg.kind !== 'literal' || arg.value === null) continue;
    const [least, most] = within;
    if (Number(arg.value) >= least && Number(arg.value) <= most) continue;
    throw new SqlError(
      'illegalArgument',
      `Argument ${i + 1} of ${name} must be between ${least} and ${most}, but is ${arg.value}${place(context.env.sql, at)}`,
    );
  }
}

/** What stands inside an aggregate: values of rows. */
const ofRows = (context: ExprContext): ExprContext => ({
  ...context,
  clause: 'aggregate',
  aggregates: undefined,
  windows: undefined,
  grouping: undefined,
  alias: undefined,
  sameItem: undefined,
});

/** `inner`: where the arguments are bound. */
function aggregateCall(written: CallNode, context: ExprContext, inner: ExprContext): AggregateCall {
  const fn = aggregateFunction(written.name)!;
  const node = withArguments(written, fn, context);
  const star = node.args.length === 1 && node.args[0]!.kind === 'star' && node.args[0]!.qualifier.length === 0;
  if (star && fn.measure !== 'count') throw semantic(context, node.at, `${node.name} does not take *`);
  if (!star && node.args.length === 0 && fn.args.some((spec) => !spec.optional)) {
    throw semantic(context, node.at, `${node.name} needs an argument`);
  }
  if (node.distinct && !fn.allowsDistinct)
    throw semantic(context, node.at, `DISTINCT is not available in ${node.name}`);
  let args = star ? [] : node.args.map((arg) => bindExpr(arg, inner));
  // COUNT(1) counts rows; COUNT(NULL) counts nothing and keeps its argument.
  if (
    fn.measure === 'count' &&
    !node.distinct &&
    args.length === 1 &&
    args[0]!.kind === 'literal' &&
    args[0]!.value !== null
  )
    args = [];
  // A boolean is 1 or 0 where numbers are added up; an average takes dates too, so that its row cannot say so.
  if (fn.measure === 'average') {
    args = args.map((arg) => (arg.type === 'boolean' ? castTo(arg, 'integer', context.env.session) : arg));
  }
  if (fn.ofTexts) {
    args = args.map((arg) =>
      isString(arg.type) || isInteger(arg.type) ? arg : castTo(arg, 'keyword', context.env.session),
    );
  }
  const types = args.map((arg) => arg.type);
  if (args.length > 0) {
    const signature = resolveSignature({ ...asScalar(fn) }, types);
    if (!signature) throw argumentError(asScalar(fn), types);
    checkConstants(fn.name, args, signature.specs, node, context);
    args = args.map((arg, i) => (signature.casts[i] ? castTo(arg, signature.casts[i]!, context.env.session) : arg));
  }
  const filter = node.filter && asCondition(bindExpr(node.filter, inner));
  const type = typeof fn.returns === 'string' ? fn.returns : fn.returns(args.map((arg) => arg.type));
  const { keys, order } = orderKeys(node, args, inner);
  return { fn, args: [...args, ...keys], ...(order && { order }), distinct: node.distinct, filter, type };
}

/** Aggregates share the signature rules of scalars. */
function asScalar(fn: NonNullable<ReturnType<typeof aggregateFunction>>): Parameters<typeof resolveSignature>[0] {
  return {
    name: fn.name,
    family: 'operator',
    summary: fn.summary,
    signatures: [fn.args],
    returns: fn.returns,
    nulls: 'custom',
    js: () => () => null,
    examples: [],
  };
}

function withBody(node: CallNode, body: MetricBody, context: ExprContext): CallNode {
  const { value } = metricBody(node, body, context);
  return { ...node, args: [{ kind: 'literal', type: 'string', value: String(value), at: node.at }], named: [] };
}

function bindAggregate(written: CallNode, context: ExprContext): Expr {
  const body = aggregateFunction(written.name)?.body;
  const node = body ? withBody(written, body, context) : written;
  if (node.args.some((arg) => arg.kind === 'call' && relevanceFunction(arg.name)?.freeOptions)) {
    throw new SqlError(
      'unsupported',
      `${node.name}(script(…)) is not available; write the expression itself, or scripted_metric(…)${place(context.env.sql, node.at)}`,
    );
  }
  if (node.named.length > 0) throw semantic(context, node.at, `${node.name} takes no named arguments`);
  if (!context.aggregates) {
    const where = context.clause === 'aggregate' ? 'inside another aggregate' : `in ${context.clause}`;
    throw semantic(context, node.at, `${node.name} is an aggregate and cannot stand ${where}`);
  }
  return context.aggregates.add(aggregateCall(node, context, ofRows(context)), node.at);
}

function bindWindow(node: CallNode, written: WindowSpec, context: ExprContext): Expr {
  const over = windowOf(written, node.at, context);
  if (!context.windows) throw semantic(context, node.at, `A window function cannot stand in ${context.clause}`);
  if (!aggregateFunction(node.name)) throw semantic(context, node.at, `${node.name} is no window function`);
  if (node.filter) throw semantic(context, node.at, 'FILTER cannot stand before OVER');
  if (objectMetrics.includes(aggregateFunction(node.name)!))
    throw semantic(context, node.at, `${node.name} has no form over a window`);
  // It may hold aggregates of the group: RANK() OVER (ORDER BY COUNT(*)), SUM(COUNT(*)) OVER ().
  const inner: ExprContext = { ...context, windows: undefined };
  const call = aggregateCall(node, context, inner);
  const order: SortKey[] = over.order.map((item) => ({
    expr: bindExpr(item.expr, inner),
    desc: item.desc,
    nullsFirst: item.nulls ? item.nulls === 'FIRST' : !item.desc,
  }));
  return context.windows.add({
    call: call.fn.args[2]?.family === 'any' ? inOneType(call, context) : call,
    partition: over.partition.map((item) => bindExpr(item, inner)),
    order,
    frame: over.frame,
  });
}

/** What a window is once the one that it goes on from stands in it (SQL:2016, 7.15). */
function windowOf(written: WindowSpec, at: Span, context: ExprContext): WindowSpec {
  if (written.base === undefined) return written;
  const index = (context.namedWindows ?? []).findIndex(({ name }) => name === written.base);
  if (index < 0) throw semantic(context, at, `No window of the WINDOW clause is called [${written.base}]`);
  // It may go on from those before it only, so that no window goes on from itself.
  const before = { ...context, namedWindows: context.namedWindows!.slice(0, index) };
  const base = windowOf(context.namedWindows![index]!.spec, at, before);
  const { partition, order, frame } = written;
  if (partition.length > 0) throw semantic(context, at, `PARTITION BY cannot be added to the window [${written.base}]`);
  if (order.length > 0 && base.order.length > 0)
    throw semantic(context, at, `The window [${written.base}] has an ORDER BY already`);
  if (base.frame !== undefined && (order.length > 0 || frame !== undefined))
    throw semantic(context, at, `The window [${written.base}] has a frame, so that nothing can be added to it`);
  return {
    partition: base.partition,
    order: order.length > 0 ? order : base.order,
    ...((frame ?? base.frame) !== undefined && { frame: frame ?? base.frame }),
  };
}

/** LAG and LEAD with a value for absent rows. */
function inOneType(call: AggregateCall, context: ExprContext): AggregateCall {
  const args = call.args.map((arg, i) => (i === 1 ? arg : castTo(arg, call.type, context.env.session)));
  return { ...call, args };
}

export const containsAggregate = (node: ExprNode): boolean => {
  switch (node.kind) {
    case 'call':
      if (!node.over && aggregateFunction(node.name) && !scalarFunction(node.name)) return true;
      return (
        node.args.some(containsAggregate) ||
        (node.over !== undefined &&
          (node.over.partition.some(containsAggregate) || node.over.order.some((o) => containsAggregate(o.expr))))
      );
    case 'unary':
    case 'is':
    case 'cast':
      return containsAggregate(node.arg);
    case 'binary': {
      // Left-leaning chains are walked, not recursed into.
      let left: ExprNode = node;
      while (left.kind === 'binary') {
        if (containsAggregate(left.right)) return true;
        left = left.left;
      }
      return containsAggregate(left);
    }
    case 'between':
      return [node.arg, node.low, node.high].some(containsAggregate);
    case 'in':
      return [node.arg, ...node.list].some(containsAggregate);
    case 'inQuery':
    case 'quantified':
      return containsAggregate(node.arg);
    case 'row':
      return node.items.some(containsAggregate);
    case 'like':
      return containsAggregate(node.arg) || containsAggregate(node.pattern);
    case 'interval':
      return containsAggregate(node.value);
    case 'index':
      return containsAggregate(node.base) || containsAggregate(node.index);
    case 'case':
      return (
        (node.operand !== undefined && containsAggregate(node.operand)) ||
        node.whens.some((w) => containsAggregate(w.when) || containsAggregate(w.then)) ||
        (node.otherwise !== undefined && containsAggregate(node.otherwise))
      );
    default:
      return false;
  }
};
