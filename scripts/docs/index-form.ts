/**
 * Finds a comparison of a function that the cluster's index answers: its first example with a column in place of the literal,
 * sent through the translator. What is printed is what the translator does, not what somebody remembers of it.
 */

import { stringifyJson } from '../../src/rows/longs.ts';
import type { ScalarFunction } from '../../translators/algebra/function.ts';
import type { Physical } from '../../translators/algebra/physical.ts';
import type { Value } from '../../translators/algebra/types.ts';
import { buildSchema } from '../../translators/catalog/build-schema.ts';
import { SqlError } from '../../translators/errors.ts';
import { bind, prepare, split } from '../../translators/index.ts';
import type { ExprNode } from '../../translators/syntax/ast.ts';
import { SqlSyntaxError } from '../../translators/syntax/errors.ts';
import { parse } from '../../translators/syntax/parser.ts';
import { printExpression } from '../../translators/syntax/print-expression.ts';
import { printString } from '../../translators/syntax/print-name.ts';

const SESSION = { now: '2024-05-17 10:20:30', today: '2024-05-17' };
const LIMITS = { sizeLimit: 10_000, maxRows: 10_000 };

/** A column of each kind, tried in this order. */
const COLUMNS = {
  ts: { type: 'date' },
  name: { type: 'keyword' },
  n: { type: 'integer' },
  x: { type: 'double' },
  active: { type: 'boolean' },
} as const;

const schema = buildSchema('t', { t: { mappings: { properties: COLUMNS } } });

export function indexForm(fn: ScalarFunction): string | undefined {
  if (fn.volatile || fn.session) return undefined;
  for (const { sql, value } of fn.examples) {
    const literal = literalOf(value);
    if (literal === undefined) continue;
    for (const column of Object.keys(COLUMNS)) {
      const condition = withColumn(sql, column);
      const form = condition && `${condition} = ${literal}`;
      if (form && answeredByIndex(form)) return form;
    }
  }
  return undefined;
}

/** The first argument replaced by the column. */
function withColumn(sql: string, column: string): string | undefined {
  const statement = parse(`SELECT ${sql}`);
  const item =
    statement.kind === 'query' && statement.body.kind === 'select' ? statement.body.items[0]?.expr : undefined;
  const name: ExprNode = { kind: 'name', parts: [column], at: { start: 0, end: 0 } };
  switch (item?.kind) {
    case 'call': {
      const at = item.args.findIndex((arg) => !isUnit(arg));
      return at < 0 ? undefined : printExpression({ ...item, args: item.args.with(at, name) });
    }
    case 'binary':
      return printExpression({ ...item, left: name });
    case 'unary':
    case 'like':
      return printExpression({ ...item, arg: name });
    default:
      return undefined;
  }
}

/** EXTRACT(YEAR FROM …): the parser reads the unit as text. */
const isUnit = (arg: ExprNode): boolean => arg.kind === 'literal' && /^[A-Z]+(_[A-Z]+)?$/.test(String(arg.value));

function literalOf(value: Value): string | undefined {
  switch (typeof value) {
    case 'string':
      return printString(value);
    case 'number':
    case 'bigint':
      return String(value);
    case 'boolean':
      return value ? 'TRUE' : 'FALSE';
    default:
      return undefined;
  }
}

function answeredByIndex(condition: string): boolean {
  const sql = `SELECT n FROM t WHERE ${condition}`;
  try {
    const bound = bind(parse(sql), { sql, catalog: { schema: () => schema }, parameters: [], session: SESSION });
    const plan = split(
      prepare(bound, LIMITS, SESSION),
      { heapRows: 10_000, overflow: () => false, scripts: true },
      SESSION,
    );
    return onlyQuery(plan);
  } catch (error) {
    if (error instanceof SqlError || error instanceof SqlSyntaxError) return false;
    throw error;
  }
}

function onlyQuery(plan: Physical): boolean {
  if (plan.kind === 'project' || plan.kind === 'limit') return onlyQuery(plan.input);
  return plan.kind === 'search' && plan.query !== undefined && !/"script"|"match_none"/.test(stringifyJson(plan.query));
}
