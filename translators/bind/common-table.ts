/**
 * Common table expressions. Each is bound once, when it is first read, and sees those that stand before it; whoever reads it gets its plan
 * itself, under columns of its own.
 */

import type { Expr } from '../algebra/expr.ts';
import type { QueryNode } from '../syntax/ast.ts';
import type { BindEnv, BoundQuery } from './context.ts';
import { withNames } from './relation.ts';
import { tableNames } from './table-names.ts';

interface CommonTable {
  /** Its place in its WITH. */
  readonly position: number;
  bind(): BoundQuery;
  isBound(): boolean;
}

/** The common tables in sight: of a WITH those before a position, and of the queries around it. */
export class CommonTables {
  static readonly NONE = new CommonTables(undefined, new Map(), 0);

  constructor(
    private readonly outer: CommonTables | undefined,
    private readonly own: ReadonlyMap<string, CommonTable>,
    private readonly before: number,
  ) {}

  get(name: string): CommonTable | undefined {
    const table = this.own.get(name);
    return table && table.position < this.before ? table : this.outer?.get(name);
  }

  /** With one more, which hides those of its name. */
  with(name: string, bound: BoundQuery): CommonTables {
    const table: CommonTable = { position: 0, bind: () => bound, isBound: () => true };
    return new CommonTables(this, new Map([[name, table]]), 1);
  }

  has(name: string): boolean {
    return this.get(name) !== undefined;
  }
}

export function withCommonTables(
  written: QueryNode['with'],
  env: BindEnv,
  bindBody: (query: QueryNode, env: BindEnv) => BoundQuery,
): BindEnv {
  const own = new Map<string, CommonTable>();
  for (const [position, { name, columns, recursive, query, at }] of written.entries()) {
    let bound: BoundQuery | undefined;
    const bind = (): BoundQuery => {
      if (bound) return bound;
      // Those that it reads come first, so that a chain of a thousand is no recursion.
      for (const before of readBy(position, written, own)) own.get(written[before]!.name)!.bind();
      const ctes = new CommonTables(env.ctes, own, position);
      const body = bindBody(query, { ...env, ctes, recursive: recursive ? { name, columns } : undefined });
      bound = withNames(body, columns, { alias: name, at }, env);
      return bound;
    };
    own.set(name, { position, bind, isBound: () => bound !== undefined });
  }
  return { ...env, ctes: new CommonTables(env.ctes, own, written.length) };
}

/** The tables that stand before one and that it reads, also through others, in their order. */
function readBy(
  position: number,
  written: QueryNode['with'],
  own: ReadonlyMap<string, CommonTable>,
): readonly number[] {
  const found = new Set<number>();
  const waiting = [position];
  for (let at = waiting.pop(); at !== undefined; at = waiting.pop()) {
    const { surely, perhaps } = tableNames(written[at]!.query);
    for (const name of [...surely, ...perhaps]) {
      const table = own.get(name);
      if (!table || table.position >= at || table.isBound() || found.has(table.position)) continue;
      found.add(table.position);
      waiting.push(table.position);
    }
  }
  return [...found].sort((a, b) => a - b);
}

/** One reading of a common table. */
export function readCommonTable(table: CommonTable, { nextId }: BindEnv): BoundQuery {
  const { plan, columns } = table.bind();
  const items = columns.map(({ column }) => {
    const expr: Expr = { kind: 'column', type: column.type, column };
    const { name, type, dates } = column;
    return { column: { id: nextId(), name, type, ...(dates && { dates }) }, expr };
  });
  return {
    plan: { kind: 'project', input: plan, items, common: true },
    columns: columns.map((item, i) => ({ ...item, column: items[i]!.column })),
  };
}
