/** From the tree of a statement over objects to one that can be run, or to what is wrong with it. */

import type { CompareOperator } from '../algebra/expr.ts';
import type { CallNode, ExprNode, NameNode, ObjectSelectNode, SelectItemNode } from '../syntax/ast.ts';
import { CAST_TYPES, type CastTarget } from './cast.ts';
import { SelectFault } from './errors.ts';
import type {
  CheckedSelect,
  FromStep,
  SelectAggregate,
  SelectExpr,
  SelectMeasure,
  SelectOutputItem,
  SelectType,
} from './expr.ts';
import { someExpr } from './expr-walk.ts';
import { selectAggregate, selectFunction } from './functions.ts';
import { likeParts } from './like.ts';
import {
  checkStar,
  hasColumn,
  isObjectName,
  resolveIndex,
  resolveName,
  rowNameOf,
  type Scope,
  type SelectSource,
  sameName,
  scopeOf,
} from './scope.ts';
import { parseTimestamp, type Timestamp } from './timestamp.ts';

export interface CheckOptions {
  /** The value of UTCNOW(). */
  readonly now: Timestamp;
  readonly maxAggregates: number;
}

interface Context {
  readonly scope: Scope;
  readonly options: CheckOptions;
  readonly aggregates: SelectAggregate[];
  /** Where an aggregate may stand: in the list, and not inside of another. */
  readonly aggregatesAllowed: boolean;
  readonly computes: { value: boolean };
  /** Of the list, where its names may be used: behind it. */
  readonly aliases?: readonly Alias[];
}

interface Alias {
  readonly name: string;
  readonly expr: SelectExpr;
}

export function checkSelect(statement: ObjectSelectNode, source: SelectSource, options: CheckOptions): CheckedSelect {
  const { from, items, where, limit } = statement;
  if (!isObjectName(from.name)) {
    throw new SelectFault('BadTableName', `${from.name}: the object is called S3Object or BosObject`);
  }
  const steps = from.steps[0]?.kind === 'elements' ? from.steps.slice(1) : from.steps;
  if (source.kind === 'csv' && steps.length > 0) {
    throw new SelectFault('DataSourcePathUnsupported', 'a path in FROM needs JSON');
  }
  const context: Context = {
    scope: scopeOf(statement, source),
    options,
    aggregates: [],
    aggregatesAllowed: true,
    computes: { value: false },
  };
  const checked = items.map((item, i) => checkItem(item, i, context));
  const aliases = aliasesOf(items, checked);
  const condition = where && check(where, { ...context, aggregatesAllowed: false, aliases });
  const aggregated = context.aggregates.length > 0;
  if (aggregated && checked.some(readsRow)) {
    throw new SelectFault('UnsupportedSqlStructure', 'beside an aggregate only aggregates and constants can stand');
  }
  return {
    steps: steps as readonly FromStep[],
    items: checked,
    where: condition,
    limit,
    aggregates: aggregated ? context.aggregates : undefined,
    rowName: rowNameOf(from.steps),
    computes: context.computes.value,
  };
}

const readsRow = (item: SelectOutputItem): boolean =>
  item.kind === 'star' || someExpr(item.expr, (e) => e.kind === 'cell' || e.kind === 'path');

function checkItem({ expr, alias }: SelectItemNode, position: number, context: Context): SelectOutputItem {
  if (expr.kind === 'star') {
    if (expr.except !== undefined) throw new SelectFault('UnsupportedSyntax', 'EXCEPT is not supported over objects');
    checkStar(expr.qualifier, context.scope);
    return { kind: 'star' };
  }
  return { kind: 'expr', name: alias ?? lastName(expr) ?? `_${position + 1}`, expr: check(expr, context) };
}

/** Aggregates stand for no row, so that no condition can be on them. */
function aliasesOf(items: readonly SelectItemNode[], checked: readonly SelectOutputItem[]): readonly Alias[] {
  return checked.flatMap((item, i) => {
    const name = items[i]!.alias;
    if (name === undefined || item.kind === 'star' || someExpr(item.expr, (e) => e.kind === 'aggregate')) return [];
    return [{ name, expr: item.expr }];
  });
}

/** A column of the name comes first; where rows have names of their own, each row decides. */
function checkName(node: NameNode, { scope, aliases = [] }: Context): SelectExpr {
  const [name] = node.parts;
  const exact = node.quoted?.[0] === true;
  const found = node.parts.length === 1 ? aliases.filter((one) => sameName(one.name, name!, exact)) : [];
  const [alias] = found;
  if (alias === undefined) return resolveName(node, scope);
  if (scope.source.kind === 'csv') {
    if (hasColumn(node, scope.source, scope)) return resolveName(node, scope);
    if (found.length > 1) throw new SelectFault('AmbiguousFieldName', `${found.length} columns are called ${name}`);
    return alias.expr;
  }
  const path = resolveName(node, scope);
  if (path.kind !== 'path' || path.steps.length === 0 || found.length > 1) return path;
  if (alias.expr.kind === 'path' && JSON.stringify(alias.expr) === JSON.stringify(path)) return path;
  const missing: SelectExpr = { kind: 'is', what: 'MISSING', arg: path, not: false, type: 'bool' };
  return { kind: 'case', whens: [{ when: missing, then: alias.expr }], otherwise: path, type: 'any' };
}

/** The last name of a path, in its own spelling; expressions have none. */
function lastName(expr: ExprNode): string | undefined {
  if (expr.kind === 'name') return expr.parts.at(-1);
  if (expr.kind !== 'index') return undefined;
  if (expr.index.kind === 'name') return expr.index.parts[0];
  return expr.index.kind === 'literal' && typeof expr.index.value === 'string' ? expr.index.value : undefined;
}

const literal = (value: Extract<SelectExpr, { kind: 'literal' }>['value'], type: SelectType): SelectExpr => ({
  kind: 'literal',
  value,
  type,
});
const not = (arg: SelectExpr, negated = true): SelectExpr => (negated ? { kind: 'not', arg, type: 'bool' } : arg);
const compare = (op: CompareOperator, left: SelectExpr, right: SelectExpr): SelectExpr => ({
  kind: 'compare',
  op,
  left,
  right,
  type: 'bool',
});

function check(node: ExprNode, context: Context): SelectExpr {
  const inner = (each: ExprNode): SelectExpr => check(each, context);
  switch (node.kind) {
    case 'literal':
      return checkLiteral(node);
    case 'name':
      return checkName(node, context);
    case 'index':
      return resolveIndex(node, context.scope, false);
    case 'unary':
      if (node.op === 'NOT') return not(inner(node.arg));
      context.computes.value = true;
      return node.op === '-' ? negate(inner(node.arg)) : inner(node.arg);
    case 'binary':
      return checkBinary(node, context);
    case 'is':
      return { kind: 'is', what: node.what, arg: inner(node.arg), not: node.not, type: 'bool' };
    case 'between': {
      const arg = inner(node.arg);
      const items = [compare('>=', arg, inner(node.low)), compare('<=', arg, inner(node.high))];
      return not({ kind: 'and', items, type: 'bool' }, node.not);
    }
    case 'in':
      return not(checkIn(node, context), node.not);
    case 'like':
      return not(checkLike(node, context), node.not);
    case 'case':
      return checkCase(node, context);
    case 'cast':
      context.computes.value = true;
      return checkCast(node, context);
    case 'call':
      return checkCall(node, context);
    case 'star':
      throw new SelectFault('ParseUnsupportedCallWithStar', 'only COUNT takes *');
    case 'inQuery':
    case 'exists':
    case 'subquery':
      throw new SelectFault('UnsupportedSqlStructure', 'subqueries are not supported');
    default:
      throw new SelectFault('UnsupportedSyntax', `${node.kind} is not supported over objects`);
  }
}

function checkLiteral({ type, value }: Extract<ExprNode, { kind: 'literal' }>): SelectExpr {
  switch (type) {
    case 'null':
      return literal(null, 'null');
    case 'boolean':
      return literal(value, 'bool');
    case 'string':
      return literal(String(value), 'string');
    case 'double':
      return literal(Number(value), 'float');
    case 'integer':
    case 'long': {
      const whole = BigInt(value as number | bigint);
      if (whole !== BigInt.asIntN(64, whole)) {
        throw new SelectFault('IntegerOverflow', `${whole} does not fit in 64 bits`);
      }
      return literal(whole, 'int');
    }
    default: {
      const timestamp = parseTimestamp(String(value));
      if (timestamp !== undefined) return literal(timestamp, 'timestamp');
      throw new SelectFault('LexerInvalidIONLiteral', `\`${String(value).slice(0, 100)}\` is no timestamp`);
    }
  }
}

function negate(arg: SelectExpr): SelectExpr {
  return { kind: 'negate', arg, type: arg.type === 'cell' ? 'any' : arg.type };
}

function checkBinary(node: Extract<ExprNode, { kind: 'binary' }>, context: Context): SelectExpr {
  const { op } = node;
  if (op === 'AND' || op === 'OR') {
    // A flat list: a chain of thousands must not become as deep.
    const items = chain(node, op).map((each) => check(each, context));
    return { kind: op === 'AND' ? 'and' : 'or', items, type: 'bool' };
  }
  const left = check(node.left, context);
  const right = check(node.right, context);
  switch (op) {
    case '=':
    case '!=':
    case '<':
    case '<=':
    case '>':
    case '>=':
      return compare(op, left, right);
    case '||':
      return { kind: 'concat', left, right, type: 'string' };
    case '+':
    case '-':
    case '*':
    case '/':
    case '%':
      context.computes.value = true;
      return { kind: 'arithmetic', op, left, right, type: arithmeticType(left.type, right.type) };
    default:
      throw new SelectFault('ParseUnexpectedOperator', `${op} is no operator of select`);
  }
}

function chain(node: ExprNode, op: 'AND' | 'OR'): ExprNode[] {
  const items: ExprNode[] = [];
  let rest = node;
  while (rest.kind === 'binary' && rest.op === op) {
    items.push(rest.right);
    rest = rest.left;
  }
  items.push(rest);
  return items.reverse();
}

function arithmeticType(a: SelectType, b: SelectType): SelectType {
  const types = [a, b];
  if (types.some((type) => type === 'cell' || type === 'any')) return 'any';
  for (const type of types) {
    if (type === 'string' || type === 'bool' || type === 'timestamp') {
      throw new SelectFault('IncorrectSqlFunctionArgumentType', `arithmetic takes numbers, not ${type.toUpperCase()}`);
    }
  }
  if (types.includes('null')) return 'null';
  return types.includes('float') ? 'float' : types.includes('decimal') ? 'decimal' : 'int';
}

function checkIn(node: Extract<ExprNode, { kind: 'in' }>, context: Context): SelectExpr {
  const arg = check(node.arg, context);
  const only = node.list[0]!;
  if (node.list.length === 1 && (node.array === true || endsInStar(only))) {
    const array = only.kind === 'index' ? resolveIndex(only, context.scope, true) : check(only, context);
    return { kind: 'inArray', arg, array, type: 'bool' };
  }
  return { kind: 'in', arg, list: node.list.map((each) => check(each, context)), type: 'bool' };
}

const endsInStar = (node: ExprNode): boolean =>
  node.kind === 'index' && (node.index.kind === 'star' || endsInStar(node.base));

function checkLike(node: Extract<ExprNode, { kind: 'like' }>, context: Context): SelectExpr {
  const pattern = check(node.pattern, context);
  const escapedBy = node.escape && check(node.escape, context);
  const arg = check(node.arg, context);
  for (const each of [arg, pattern, ...(escapedBy ? [escapedBy] : [])]) {
    if (!['cell', 'any', 'string', 'null'].includes(each.type)) {
      throw new SelectFault('LikeInvalidInputs', `LIKE takes texts, not ${each.type.toUpperCase()}`);
    }
  }
  if (pattern.kind === 'literal' && typeof pattern.value === 'string') {
    // Constant patterns fail before any row is read.
    if (escapedBy === undefined) likeParts(pattern.value, undefined);
    else if (escapedBy.kind === 'literal' && typeof escapedBy.value === 'string') {
      likeParts(pattern.value, escapedBy.value);
    }
  }
  return { kind: 'like', arg, pattern, escape: escapedBy, type: 'bool' };
}

function checkCase(node: Extract<ExprNode, { kind: 'case' }>, context: Context): SelectExpr {
  const operand = node.operand && check(node.operand, context);
  const whens = node.whens.map(({ when, then }) => {
    const condition = check(when, context);
    return { when: operand === undefined ? condition : compare('=', operand, condition), then: check(then, context) };
  });
  const otherwise = node.otherwise && check(node.otherwise, context);
  const results = whens.map(({ then }) => then.type);
  return {
    kind: 'case',
    whens,
    otherwise,
    type: commonType(otherwise === undefined ? results : [...results, otherwise.type]),
  };
}

function commonType(types: readonly SelectType[]): SelectType {
  const known = [...new Set(types.filter((type) => type !== 'null'))];
  return known.length === 0 ? 'null' : known.length === 1 ? known[0]! : 'any';
}

function checkCast(node: Extract<ExprNode, { kind: 'cast' }>, context: Context): SelectExpr {
  const type = Object.hasOwn(CAST_TYPES, node.type) ? CAST_TYPES[node.type] : undefined;
  if (type === undefined) throw new SelectFault('ParseExpectedTypeName', `CAST knows no type ${node.type}`);
  const [digits, scale = 0] = node.precision ?? [];
  if (type === 'decimal' && digits !== undefined && (digits < 1 || digits > 38 || scale > digits)) {
    throw new SelectFault('InvalidDataType', 'DECIMAL takes 1 to 38 digits, and not more of them after the point');
  }
  const target: CastTarget = type === 'decimal' && digits !== undefined ? { type, digits, scale } : { type };
  return { kind: 'cast', arg: check(node.arg, context), target, type };
}

function checkCall(node: CallNode, context: Context): SelectExpr {
  const { name, args } = node;
  const measure = selectAggregate(name);
  if (measure !== undefined) return checkAggregate(node, measure, context);
  if (node.distinct) throw new SelectFault('UnsupportedSyntax', 'DISTINCT is not supported');
  if (args.some((arg) => arg.kind === 'star'))
    throw new SelectFault('ParseUnsupportedCallWithStar', 'only COUNT takes *');
  const fn = selectFunction(name);
  if (fn === undefined) throw new SelectFault('UnsupportedFunction', `there is no function ${name}`);
  const [least, most] = fn.args;
  if (args.length < least || args.length > most) {
    throw new SelectFault('EvaluatorInvalidArguments', `${name} is used as ${fn.usage}`);
  }
  if (fn.means === 'now') return literal(context.options.now, 'timestamp');
  context.computes.value = true;
  const checked = args.map((arg) => check(arg, context));
  if (fn.means === 'nullIfEqual') {
    const [value, other] = checked as [SelectExpr, SelectExpr];
    const whens = [{ when: compare('=', value, other), then: literal(null, 'null') }];
    return { kind: 'case', whens, otherwise: value, type: value.type };
  }
  const type = fn.returns === 'args' ? commonType(checked.map((each) => each.type)) : fn.returns;
  return { kind: 'call', fn, args: checked, type };
}

function checkAggregate(node: CallNode, measure: SelectMeasure, context: Context): SelectExpr {
  const { name } = node;
  const { aggregates, options, aggregatesAllowed } = context;
  if (!aggregatesAllowed) {
    throw new SelectFault(
      'UnsupportedSqlStructure',
      `${name} may stand in the list of SELECT only, and not in another`,
    );
  }
  if (node.distinct) throw new SelectFault('UnsupportedSyntax', `${name}(DISTINCT …) is not supported`);
  if (node.args.length !== 1) throw new SelectFault('EvaluatorInvalidArguments', `${name} takes one argument`);
  const [argument] = node.args as [ExprNode];
  if (argument.kind === 'star' && measure !== 'count') {
    throw new SelectFault('ParseUnsupportedCallWithStar', 'only COUNT takes *');
  }
  const arg = argument.kind === 'star' ? undefined : check(argument, { ...context, aggregatesAllowed: false });
  if (arg !== undefined && (measure === 'sum' || measure === 'average')) {
    arithmeticType(arg.type, 'int');
    context.computes.value = true;
  }
  if (aggregates.length >= options.maxAggregates) {
    throw new SelectFault('UnsupportedSqlStructure', `a statement has at most ${options.maxAggregates} aggregates`);
  }
  aggregates.push({ measure, arg });
  return { kind: 'aggregate', index: aggregates.length - 1, type: measure === 'count' ? 'int' : 'any' };
}
