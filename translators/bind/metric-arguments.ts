/** Turns the named arguments of topHits() and scripted_metric() into the body of their metric (spec sql-functions 11.2). */

import type { Literal } from '../algebra/expr.ts';
import type { MetricBody } from '../algebra/function-facts.ts';
import type { CallNode, ExprNode } from '../syntax/ast.ts';
import { type ExprContext, semantic, unknownField } from './context.ts';
import { literalText } from './named-arguments.ts';

export function metricBody(node: CallNode, body: MetricBody, context: ExprContext): Literal {
  if (node.args.length > 0) throw semantic(context, node.at, `${node.name.toLowerCase()}() takes named arguments only`);
  return { kind: 'literal', type: 'keyword', value: JSON.stringify(BODIES[body](node, context)) };
}

type Body = Readonly<Record<string, unknown>>;

const BODIES: Readonly<Record<MetricBody, (node: CallNode, context: ExprContext) => Body>> = {
  documents: topHits,
  scripts: scriptedMetric,
};

function whole(value: ExprNode, name: string, context: ExprContext): number {
  const count = Number(literalText(value, context));
  if (!Number.isInteger(count) || count < 0) throw semantic(context, value.at, `'${name}' takes a whole number`);
  return count;
}

/** Any name that is no option is a field to sort by. */
function topHits(node: CallNode, context: ExprContext): Body {
  const body: Record<string, unknown> = {};
  const source: Record<string, readonly string[]> = {};
  const sort: Body[] = [];
  for (const { name, value, at } of node.named) {
    if (name === 'size' || name === 'from') body[name] = whole(value, name, context);
    else if (name === 'include' || name === 'exclude')
      source[`${name}s`] = literalText(value, context)
        .split(',')
        .map((path) => path.trim());
    else {
      const order = literalText(value, context).toLowerCase();
      if (order !== 'asc' && order !== 'desc') throw semantic(context, at, `topHits() sorts [${name}] by asc or desc`);
      sort.push({ [sortPath(name, at, context)]: { order, missing: order === 'desc' ? '_last' : '_first' } });
    }
  }
  return {
    ...body,
    ...(sort.length > 0 ? { sort } : {}),
    ...(Object.keys(source).length > 0 ? { _source: source } : {}),
  };
}

/** Names of arguments come in lower case: the field is found again among those of the index. */
function sortPath(name: string, at: CallNode['at'], context: ExprContext): string {
  for (const { schema } of context.scope.scans) {
    const path = schema.lookup(name) ? name : [...schema.paths()].find((one) => one.toLowerCase() === name);
    const field = path === undefined ? undefined : schema.lookup(path);
    if (field) return field.type === 'text' && field.exact ? field.exact.path : field.path;
  }
  throw unknownField(context, { kind: 'name', parts: name.split('.'), at }, name);
}

const SCRIPTS = ['init_script', 'map_script', 'combine_script', 'reduce_script'];

function scriptedMetric(node: CallNode, context: ExprContext): Body {
  const scripts = new Map<string, { id: boolean; text: string }>();
  const params: Record<string, unknown> = {};
  for (const { name, value, at } of node.named) {
    const script = SCRIPTS.find(
      (one) => name === one || name === `${one}_id` || name === one.replace('_script', '_id'),
    );
    if (script) scripts.set(script, { id: name.endsWith('_id'), text: literalText(value, context) });
    else if (name.startsWith('@'))
      params[name.slice(1)] = value.kind === 'literal' ? value.value : literalText(value, context);
    else throw semantic(context, at, `Parameter ${name} is invalid for scripted_metric function.`);
  }
  if (!scripts.has('map_script')) throw semantic(context, node.at, "scripted_metric() needs 'map_script'");
  const body: Record<string, unknown> = {};
  for (const name of SCRIPTS) {
    const script = scripts.get(name);
    if (script) body[name] = script.id ? { id: script.text } : { lang: 'painless', source: script.text };
    // The cluster asks for these two; without them each shard gives its state.
    else if (name === 'combine_script') body[name] = { lang: 'painless', source: 'return state' };
    else if (name === 'reduce_script') body[name] = { lang: 'painless', source: 'return states' };
  }
  return { ...body, ...(Object.keys(params).length > 0 ? { params } : {}) };
}
