/** The indices that a statement seems to name, so that their schemas are fetched together and it is bound once. */
import type { QueryNode, RelationNode, StatementNode } from '../syntax/ast.ts';
import { indexExpression } from './relation.ts';

export interface TableNames {
  /** Nothing else can be meant. */
  readonly surely: readonly string[];
  /** `b` of `FROM a, b` is an index of its own only where the two are joined; `a.b` may be a collection of `a`. */
  readonly perhaps: readonly string[];
}

interface Part {
  readonly node: unknown;
  readonly ctes: ReadonlySet<string>;
  readonly listed: boolean;
}

/** Walked, not recursed into: chains of thousands of operators lean to the left. */
export function tableNames(statement: StatementNode): TableNames {
  const surely = new Set<string>();
  const perhaps = new Set<string>();
  const waiting: Part[] = [{ node: statement, ctes: new Set(), listed: false }];
  for (let part = waiting.pop(); part; part = waiting.pop()) {
    const { node, ctes, listed } = part;
    if (typeof node !== 'object' || node === null) continue;
    if (Array.isArray(node)) {
      for (let i = node.length - 1; i >= 0; i--) waiting.push({ node: node[i], ctes, listed: false });
      continue;
    }
    const { kind } = node as { readonly kind?: unknown };
    if (kind === 'query') waiting.push(...ofQuery(node as QueryNode, ctes));
    else if (kind === 'join') waiting.push(...ofJoin(node as RelationNode & { readonly kind: 'join' }, ctes, listed));
    else if (kind === 'table') {
      const { name, alias } = node as RelationNode & { readonly kind: 'table' };
      if (ctes.has(name)) continue;
      (name.includes('.') || (listed && alias === undefined) ? perhaps : surely).add(indexExpression(name));
    } else {
      for (const inner of Object.values(node).toReversed()) waiting.push({ node: inner, ctes, listed: false });
    }
  }
  return { surely: [...surely], perhaps: [...perhaps].filter((name) => !surely.has(name)) };
}

/** Common tables that nobody reads are never bound, so that only hints come of theirs: a missing index is no error there. */
function ofQuery({ with: written, body, order, limit, offset }: QueryNode, ctes: ReadonlySet<string>): Part[] {
  const inside = written.length > 0 ? new Set([...ctes, ...written.map(({ name }) => name)]) : ctes;
  return [
    ...[offset, limit, order, body].map((node) => ({ node, ctes: inside, listed: false })),
    ...written.map(({ query }) => ({ node: query, ctes: inside, listed: false })).toReversed(),
  ];
}

function ofJoin(
  { left, right, on, comma }: RelationNode & { readonly kind: 'join' },
  ctes: ReadonlySet<string>,
  listed: boolean,
): Part[] {
  const isListed = comma === true || listed;
  return [
    { node: on, ctes, listed: false },
    { node: right, ctes, listed: comma === true },
    { node: left, ctes, listed: isListed },
  ];
}
