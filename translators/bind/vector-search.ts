/** Binds vectorSearch(table=…, field=…, vector=…, option=…) in FROM, and holds what may stand around it (spec sql-functions 10). */

import type { LogicalPlan } from '../algebra/plan.ts';
import { inputsOf } from '../algebra/plan-walk.ts';
import type { VectorSearch } from '../algebra/scan-options.ts';
import type { SqlError } from '../errors.ts';
import type { QueryNode, RelationNode, SelectNode, Span, TableFunctionNode } from '../syntax/ast.ts';
import { containsAggregate } from './call.ts';
import { type BindEnv, semantic, unknownField } from './context.ts';
import { type BoundRelation, type RelationContext, scanned } from './relation.ts';
import { Scope } from './scope.ts';
import type { SelectTail } from './select-plan.ts';

const ARGUMENTS = ['table', 'field', 'vector', 'option'] as const;
const MOST_NEIGHBOURS = 10_000;

export function bindVectorSearch(node: TableFunctionNode, context: RelationContext): BoundRelation {
  const { env } = context;
  if (node.name.toLowerCase() !== 'vectorsearch') {
    throw semantic(context, node.at, `[${node.name}] is no table function; there is vectorSearch()`);
  }
  if (node.alias === undefined) throw semantic(context, node.at, 'vectorSearch() needs an alias: vectorSearch(…) AS v');
  const given = argumentsOf(node, env);
  const { field, search } = searchOf(given, node, env);
  const bound = scanned({ name: given.table, alias: node.alias, at: node.at }, env, { vector: search });
  const known = bound.relations[0]!.scan!.schema.lookup(field);
  if (!known) {
    const bind = { env, scope: new Scope(bound.relations), clause: 'WHERE', bindQuery: context.bindQuery } as const;
    throw unknownField(bind, { kind: 'name', parts: field.split('.'), at: node.at }, field);
  }
  if (known.mapping !== 'knn_vector') {
    throw semantic(
      context,
      node.at,
      `vectorSearch() needs a field of type knn_vector, but [${field}] is ${known.mapping}`,
    );
  }
  return bound;
}

function argumentsOf(node: TableFunctionNode, env: BindEnv): Record<(typeof ARGUMENTS)[number], string> {
  if (node.args.length > 0)
    throw semantic({ env }, node.at, `vectorSearch() takes named arguments: ${ARGUMENTS.join(', ')}`);
  const given = new Map<string, string>();
  for (const { name, value, at } of node.named) {
    if (!(ARGUMENTS as readonly string[]).includes(name))
      throw semantic({ env }, at, `Parameter ${name} is invalid for vectorSearch function.`);
    if (given.has(name)) throw semantic({ env }, at, `Parameter '${name}' can only be specified once.`);
    const literal =
      value.kind === 'parameter' ? env.parameters[value.index]?.value : value.kind === 'literal' ? value.value : null;
    if (typeof literal !== 'string') throw semantic({ env }, at, `'${name}' of vectorSearch() takes a text`);
    given.set(name, literal);
  }
  const lacking = ARGUMENTS.find((name) => !given.has(name));
  if (lacking !== undefined) throw semantic({ env }, node.at, `vectorSearch() needs '${lacking}'`);
  return Object.fromEntries(given) as Record<(typeof ARGUMENTS)[number], string>;
}

function searchOf(
  given: { readonly field: string; readonly vector: string; readonly option: string },
  node: TableFunctionNode,
  env: BindEnv,
): { field: string; search: VectorSearch } {
  const wrong = (details: string): SqlError => semantic({ env }, node.at, details);
  const options = new Map<string, string>();
  for (const part of given.option.split(',')) {
    const [name = '', value, ...rest] = part.split('=').map((text) => text.trim());
    if (value === undefined || rest.length > 0) throw wrong(`'option' takes name=value pairs, not [${part.trim()}]`);
    if (!['k', 'max_distance', 'min_score', 'filter_type'].includes(name))
      throw wrong(`Unknown option [${name}] of vectorSearch(). There are k, max_distance, min_score and filter_type`);
    if (options.has(name)) throw wrong(`Option [${name}] can only be specified once`);
    options.set(name, value);
  }
  const modes = (['k', 'max_distance', 'min_score'] as const).filter((name) => options.has(name));
  const [mode] = modes;
  if (mode === undefined || modes.length > 1)
    throw wrong("'option' of vectorSearch() needs exactly one of k, max_distance and min_score");
  const amount = Number(options.get(mode));
  if (options.get(mode) === '' || !Number.isFinite(amount)) throw wrong(`Option [${mode}] takes a number`);
  if (mode === 'k' && (!Number.isInteger(amount) || amount < 1 || amount > MOST_NEIGHBOURS))
    throw wrong(`Option [k] takes a whole number from 1 to ${MOST_NEIGHBOURS}`);
  if (mode !== 'k' && amount < 0) throw wrong(`Option [${mode}] takes a number from 0`);
  const filterType = options.get('filter_type')?.toLowerCase();
  if (filterType !== undefined && filterType !== 'efficient' && filterType !== 'post')
    throw wrong('Option [filter_type] is efficient or post');
  const vector = vectorOf(given.vector);
  if (!vector) throw wrong("'vector' takes the text of a list of numbers: '[0.1, 0.2]'");
  return {
    field: given.field,
    search: { field: given.field, vector, [mode]: amount, ...(filterType ? { filterType } : {}) },
  };
}

function vectorOf(text: string): readonly number[] | undefined {
  try {
    const list: unknown = JSON.parse(text);
    const numbers = Array.isArray(list) && list.length > 0 && list.every((one) => typeof one === 'number');
    return numbers ? (list as number[]) : undefined;
  } catch {
    return undefined;
  }
}

const holders = new WeakMap<LogicalPlan, boolean>();

/** A search for neighbours below this plan. It is asked at each level, so the answer is kept. */
function holdsVectorSearch(plan: LogicalPlan): boolean {
  let holds = holders.get(plan);
  if (holds === undefined) {
    holds = plan.kind === 'scan' ? plan.vector !== undefined : inputsOf(plan).some(holdsVectorSearch);
    holders.set(plan, holds);
  }
  return holds;
}

export function refuseVectorSearch(plan: LogicalPlan, what: string, at: Span, env: BindEnv): void {
  if (holdsVectorSearch(plan)) throw semantic({ env }, at, `vectorSearch() cannot stand in ${what}`);
}

/** The tail of a SELECT FROM vectorSearch(): neighbours come nearest first, and no more than were asked for. */
export function vectorTail(query: QueryNode, select: SelectNode, tail: SelectTail, env: BindEnv): SelectTail {
  const { from } = select;
  if (!isVectorSearch(from)) return tail;
  const wrong = (details: string): SqlError => semantic({ env }, from.at, details);
  if (select.group.length > 0 || select.sets || select.having)
    throw wrong('vectorSearch() does not go with GROUP BY or HAVING');
  if (select.qualify || tail.ties) throw wrong('vectorSearch() does not go with QUALIFY or WITH TIES');
  if (select.distinct) throw wrong('vectorSearch() does not go with DISTINCT');
  if (select.items.some((item) => containsAggregate(item.expr)))
    throw wrong('vectorSearch() does not go with aggregates');
  const { search } = searchOf(argumentsOf(from, env), from, env);
  if (search.filterType === 'post' && !select.where) throw wrong('filter_type=post of vectorSearch() needs a WHERE');
  if (query.offset && tail.offset > 0) throw wrong('vectorSearch() does not go with OFFSET');
  for (const { expr, desc, nulls } of query.order) {
    const name = expr.kind === 'name' ? expr.parts.join('.') : undefined;
    const score = name === '_score' || name === `${from.alias}._score`;
    if (!score || !desc || nulls) throw wrong(`vectorSearch() can only be ordered by ${from.alias ?? 'v'}._score DESC`);
  }
  const { k } = search;
  if (k === undefined) {
    if (!query.limit) throw wrong('vectorSearch() by max_distance or min_score needs a LIMIT');
    return { ...tail, order: [] };
  }
  if (query.limit && tail.count > k) throw wrong(`LIMIT ${tail.count} is above the ${k} neighbours of vectorSearch()`);
  return { ...tail, order: [], count: Math.min(tail.count, k), limited: true };
}

const isVectorSearch = (from: RelationNode | undefined): from is TableFunctionNode =>
  from?.kind === 'tableFunction' && from.name.toLowerCase() === 'vectorsearch';

/** Over a subquery that holds one, nothing may change which rows come, or their order. */
export function checkAroundVectorSearch(query: QueryNode, select: SelectNode, plan: LogicalPlan, env: BindEnv): void {
  if (select.from?.kind !== 'derived') return;
  const changed =
    select.where ||
    select.having ||
    select.qualify ||
    select.sets ||
    select.distinct ||
    select.group.length > 0 ||
    query.order.length > 0 ||
    query.offset ||
    select.items.some((item) => containsAggregate(item.expr));
  if (changed)
    refuseVectorSearch(
      plan,
      'a subquery under WHERE, GROUP BY, DISTINCT, ORDER BY, OFFSET or aggregates',
      select.from.at,
      env,
    );
}
