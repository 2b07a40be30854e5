/** Binds the functions of full-text search: predicates, score() and highlight() (spec sql-functions 9). */

import type { Expr, Relevance } from '../algebra/expr.ts';
import type { RelevanceFunction, SearchValue } from '../algebra/function.ts';
import { place, SqlError } from '../errors.ts';

import { relevanceFunction } from '../functions/index.ts';
import { checkOption } from '../functions/relevance.ts';
import { HAS_CHILD } from '../functions/term-queries.ts';
import type { CallNode, ExprNode } from '../syntax/ast.ts';
import { type ExprContext, semantic, unknownField } from './context.ts';
import { bindExpr } from './expression.ts';
import type { ScanSource } from './scope.ts';

export const SCORE_NAMES = new Set(['SCORE', 'SCOREQUERY', 'SCORE_QUERY']);

interface SearchField {
  readonly path: string;
  readonly weight?: number;
}

export function bindRelevance(node: CallNode, fn: RelevanceFunction, context: ExprContext): Expr {
  if (!['WHERE', 'HAVING', 'ON', 'aggregate'].includes(context.clause)) {
    throw semantic(
      context,
      node.at,
      `OpenSearch defined function [${fn.name}] is only supported in WHERE and HAVING clause.`,
    );
  }
  const named = new Map<string, ExprNode>();
  for (const option of node.named) {
    if (named.has(option.name))
      throw semantic(context, option.at, `Parameter '${option.name}' can only be specified once.`);
    named.set(option.name, option.value);
  }
  const positional = [...node.args];
  let fieldNodes: ExprNode | undefined;
  if (fn.takes !== 'none') fieldNodes = take(named, 'fields') ?? take(named, 'field') ?? positional.shift();
  const values = fn.values && positional.splice(0).map((value) => searchValue(value, context));
  const queryNode = values ? undefined : (take(named, 'query') ?? positional.shift());
  for (const name of fn.positional ?? []) {
    const value = positional.shift();
    if (value) named.set(name, value);
  }
  const complete = values
    ? values.length >= fn.values!.least && values.length <= fn.values!.most
    : queryNode !== undefined;
  if (!complete || positional.length > 0 || (fn.takes !== 'none' && !fieldNodes)) {
    const form =
      fn.values?.form ?? (fn.takes === 'none' ? `${fn.name}('text', …)` : `${fn.name}(${fn.takes}, 'text', …)`);
    throw new SqlError('syntax', `Expected ${form}${place(context.env.sql, node.at)}`);
  }
  const query = queryNode ? textOf(queryNode, context) : '';
  const written = fieldNodes ? fieldsOf(fieldNodes, context) : [];
  const scan = scanOf(written, node, context);
  const options: Record<string, string | number | boolean> = {};
  for (const [name, value] of named) {
    options[name] = fn.freeOptions ? searchValue(value, context) : checkOption(fn, name, textOf(value, context));
  }
  const bound: Relevance = {
    kind: 'relevance',
    type: 'boolean',
    fn,
    fields: written.map((f) => known(f, scan, node, context)),
    query,
    options,
    ...(values ? { values } : {}),
    scan: scan.id,
  };
  places.set(bound, place(context.env.sql, node.at));
  return bound;
}

/** Beside the expressions, which are equal wherever they stand. */
const places = new WeakMap<Relevance, string>();

/** What is kept beside a condition, for one that takes its place on another thread. */
export const placeFor = (value: object): string | undefined => places.get(value as Relevance);

/** The condition, with what was kept beside the one that it takes the place of. */
export function placeLike(condition: Relevance, found: string): Relevance {
  places.set(condition, found);
  return condition;
}

/** Of a condition that stands where no search can answer it. */
export const onlyInSearch = (expr: Relevance): SqlError =>
  new SqlError(
    'unsupported',
    `${expr.fn.name} can only be answered by a search, so it cannot stand here${places.get(expr) ?? ''}`,
  );

function take(named: Map<string, ExprNode>, name: string): ExprNode | undefined {
  const node = named.get(name);
  named.delete(name);
  return node;
}

function textOf(node: ExprNode, context: ExprContext): string {
  if (node.kind === 'literal' && node.value !== null) return String(node.value);
  if (node.kind === 'name' && node.parts.length === 1) return node.parts[0]!;
  if (node.kind === 'parameter') {
    const value = context.env.parameters[node.index]?.value;
    if (value !== undefined && value !== null) return String(value);
  }
  throw new SqlError('syntax', `Expected a literal${place(context.env.sql, node.at)}`);
}

/** A literal, its type kept; a bare word is its text. */
function searchValue(node: ExprNode, context: ExprContext): SearchValue {
  if (node.kind === 'literal' && (typeof node.value === 'number' || typeof node.value === 'boolean')) return node.value;
  if (node.kind === 'unary' && node.op !== 'NOT') {
    const value = searchValue(node.arg, context);
    if (typeof value === 'number') return node.op === '-' ? -value : value;
  }
  if (node.kind === 'parameter') {
    const value = context.env.parameters[node.index]?.value;
    if (typeof value === 'number' || typeof value === 'boolean') return value;
  }
  return textOf(node, context);
}

/** `children(type, field) = value`: parents by their child documents. */
export function bindChildren(node: CallNode, op: string, value: ExprNode, context: ExprContext): Expr {
  const [type, field, ...rest] = node.args;
  if (!type || !field || rest.length > 0) {
    throw new SqlError('syntax', `Expected children(type, field) = value${place(context.env.sql, node.at)}`);
  }
  const operator: ExprNode = { kind: 'literal', type: 'string', value: op, at: node.at };
  const named = [{ name: 'type', value: type, at: type.at }, ...node.named];
  const call: CallNode = { ...node, name: HAS_CHILD.name.toUpperCase(), args: [field, operator, value], named };
  return bindRelevance(call, HAS_CHILD, context);
}

function fieldsOf(node: ExprNode, context: ExprContext): readonly SearchField[] {
  if (node.kind === 'fieldList') return node.items.flatMap((item) => weighted(item.field, item.weight));
  if (node.kind === 'name') return [{ path: node.parts.join('.') }];
  if (node.kind === 'literal' && typeof node.value === 'string') {
    return node.value.split(',').flatMap((text) => weighted(text.trim(), undefined));
  }
  throw new SqlError('syntax', `Expected a field${place(context.env.sql, node.at)}`);
}

/** `a^2` inside quotes carries its weight; `'a^2,b'` is a list. */
function weighted(text: string, weight: number | undefined): SearchField[] {
  return text.split(',').map((part) => {
    const caret = part.lastIndexOf('^');
    const inner = caret > 0 ? Number(part.slice(caret + 1)) : Number.NaN;
    if (weight === undefined && Number.isFinite(inner)) return { path: part.slice(0, caret).trim(), weight: inner };
    return weight === undefined ? { path: part.trim() } : { path: part.trim(), weight };
  });
}

/** The scan that a search looks at: by the first field's qualifier, by the fields it has, or the only one. */
function scanOf(fields: readonly SearchField[], node: CallNode, context: ExprContext): ScanSource {
  const first = fields[0]?.path ?? '';
  const qualified = context.scope.relation(first.split('.')[0]!);
  if (qualified?.scan && first.includes('.')) return qualified.scan;
  const scans = context.scope.scans;
  const having = scans.filter((scan) => first.includes('*') || scan.schema.lookup(first));
  const found = having[0] ?? (scans.length === 1 ? scans[0] : undefined);
  if (!found) throw semantic(context, node.at, 'A search function needs an index in FROM');
  return found;
}

/** The field as the cluster names it: qualifier removed, and checked against the mapping unless it is a pattern. */
function known(field: SearchField, scan: ScanSource, node: CallNode, context: ExprContext): SearchField {
  const [head, ...rest] = field.path.split('.');
  const relation = context.scope.relation(head!);
  const path =
    relation?.scan === scan && rest.length > 0 && !scan.schema.lookup(field.path) ? rest.join('.') : field.path;
  if (!path.includes('*') && !path.startsWith('_') && !scan.schema.lookup(path)) {
    // In a list of several fields the cluster ignores unknown ones; a single one is a misspelling.
    if (relevanceFunction(node.name)?.takes === 'field') throw unknownField(context, node, path);
  }
  return { ...field, path };
}

/** `score(field = match_query('text'))` reads like a named argument, whose name has lost its capitals. */
function fieldEquals({ value, at }: CallNode['named'][number], context: ExprContext): ExprNode {
  const written = context.env.sql.slice(at.start, value.at.start).replace(/\s*=\s*$/, '');
  const path = written.replace(/^[`'"]|[`'"]$/g, '');
  return { kind: 'binary', op: '=', left: { kind: 'name', parts: path.split('.'), at }, right: value, at };
}

/** score(predicate[, boost]): the predicate, scored. */
export function bindScore(node: CallNode, context: ExprContext): Expr {
  const other = node.named.find(({ value }) => value.kind === 'call' && relevanceFunction(value.name));
  if (other) return bindScore({ ...node, args: [fieldEquals(other, context), ...node.args], named: [] }, context);
  if (node.args.length === 0) {
    const scan = context.scope.scans[0];
    if (!scan) throw semantic(context, node.at, 'score() needs an index in FROM');
    const column = scan.meta('_score');
    return { kind: 'column', type: column.type, column };
  }
  const [inner, boostNode] = node.args;
  const bound = inner && bindExpr(inner, context);
  if (bound?.kind !== 'relevance') throw semantic(context, node.at, 'score() takes a search function');
  let boost = 1;
  if (boostNode) {
    const value = boostNode.kind === 'literal' ? boostNode.value : undefined;
    if (typeof value !== 'number') {
      const type = boostNode.kind === 'literal' ? boostNode.type : boostNode.kind;
      throw semantic(context, boostNode.at, `Expected boost type 'DOUBLE' but got '${type.toUpperCase()}'`);
    }
    boost = value;
  }
  const own = bound.options.boost;
  const scan = context.scope.scans.find((s) => s.id === bound.scan);
  if (scan) scan.scored = true;
  return { ...bound, options: { ...bound.options, boost: boost * (typeof own === 'number' ? own : 1) }, scored: true };
}

export function bindHighlight(node: CallNode, context: ExprContext): Expr {
  if (context.clause !== 'SELECT') throw semantic(context, node.at, 'highlight() stands only in the select list');
  const arg = node.args[0];
  if (!arg || node.args.length > 1) throw semantic(context, node.at, 'highlight() takes one field');
  const fields = arg.kind === 'star' ? [{ path: '*' }] : fieldsOf(arg, context);
  const scan = scanOf(fields, node, context);
  const field = known(fields[0]!, scan, node, context).path;
  const options: Record<string, string> = {};
  for (const option of node.named) {
    if (option.name !== 'pre_tags' && option.name !== 'post_tags') {
      throw semantic(context, option.at, `Parameter ${option.name} is invalid for highlight function.`);
    }
    options[option.name] = textOf(option.value, context);
  }
  const column = scan.highlight(field, options);
  return { kind: 'column', type: column.type, column };
}
