/**
 * Arranges inner joins that are written one after the other. `FROM a, b, c WHERE a.x = c.x AND b.y = c.y` pairs every row of `a` with every
 * row of `b`, though no answer needs these pairs: `a, c, b` does not. Joins whose written order makes no such product stay as they are.
 */
import type { Column, Expr } from '../algebra/expr.ts';
import { type Join, type LogicalPlan, outputOf } from '../algebra/plan.ts';
import { inputsOf, parentsFirst, topDown } from '../algebra/plan-walk.ts';
import { andOf, columnsOf, conjuncts, isVolatile } from '../algebra/walk.ts';

export function joinOrder(plan: LogicalPlan): LogicalPlan {
  const readers = new Map<LogicalPlan, number>();
  for (const node of parentsFirst(plan))
    for (const input of inputsOf(node)) readers.set(input, (readers.get(input) ?? 0) + 1);
  // What others read too is made once, and stays whole.
  const isPart = (node: LogicalPlan): boolean => isMovable(node) && (readers.get(node) ?? 0) <= 1;
  const seen = new Set<LogicalPlan>();
  return topDown(plan, (node) => {
    if (seen.has(node) || !isMovable(node)) return node;
    const chain = chainOf(node, isPart);
    for (const part of chain.parts) seen.add(part);
    return chain.relations.length > 2 ? arranged(node, chain, seen) : node;
  });
}

const isInner = (node: LogicalPlan): node is Join =>
  node.kind === 'join' && (node.join === 'inner' || node.join === 'cross') && !node.dependent;

/** An inner join, or conditions over one. */
const isMovable = (node: LogicalPlan): boolean =>
  isInner(node)
    ? node.on === undefined || !isVolatile(node.on)
    : node.kind === 'filter' && !isVolatile(node.predicate) && (isInner(node.input) || node.input.kind === 'filter');

interface Chain {
  readonly relations: readonly LogicalPlan[];
  readonly conditions: readonly Expr[];
  /** The joins and filters that it is made of. */
  readonly parts: readonly LogicalPlan[];
}

/** Walked, since thousands of joins are as deep. */
function chainOf(root: LogicalPlan, isPart: (node: LogicalPlan) => boolean): Chain {
  const relations: LogicalPlan[] = [];
  const conditions: Expr[] = [];
  const parts: LogicalPlan[] = [];
  const waiting = [root];
  for (let node = waiting.pop(); node; node = waiting.pop()) {
    if (node !== root && !isPart(node)) {
      relations.push(node);
      continue;
    }
    parts.push(node);
    if (node.kind === 'filter') conditions.push(...conjuncts(node.predicate));
    else if (isInner(node) && node.on) conditions.push(...conjuncts(node.on));
    waiting.push(...inputsOf(node).toReversed());
  }
  return { relations, conditions, parts };
}

/** An equality between two sides, each with the relations that it looks at. */
type Edge = readonly [ReadonlySet<number>, ReadonlySet<number>];

function arranged(node: LogicalPlan, { relations, conditions }: Chain, seen: Set<LogicalPlan>): LogicalPlan {
  const edges = edgesOf(relations, conditions);
  const written = relations.map((_, i) => i);
  const order = connectedOrder(relations.length, edges);
  if (products(order, edges) >= products(written, edges)) return node;
  const input = order
    .map((i) => relations[i]!)
    .reduce((left, right) => {
      const join: Join = { kind: 'join', join: 'cross', left, right };
      seen.add(join);
      return join;
    });
  const made: LogicalPlan = { kind: 'filter', input, predicate: andOf(conditions)! };
  seen.add(made);
  return made;
}

function edgesOf(relations: readonly LogicalPlan[], conditions: readonly Expr[]): readonly Edge[] {
  const owners = new Map<Column, number>();
  for (const [i, relation] of relations.entries()) for (const column of outputOf(relation)) owners.set(column, i);
  const sideOf = (expr: Expr): ReadonlySet<number> =>
    new Set([...columnsOf(expr)].map((column) => owners.get(column) ?? Number.NaN));
  return conditions.flatMap((part): Edge[] => {
    if (part.kind !== 'compare' || part.op !== '=') return [];
    const sides: Edge = [sideOf(part.left), sideOf(part.right)];
    const isEdge = sides.every((side) => side.size > 0 && !side.has(Number.NaN));
    return isEdge ? [sides] : [];
  });
}

/** Tells of relations whether an equality binds one to those that are joined already; each edge is looked at when a side grows. */
class Joined {
  private readonly joined = new Set<number>();
  private readonly byRelation = new Map<number, Edge[]>();
  /** Relations that an equality binds to those that are joined. */
  readonly bound = new Set<number>();

  constructor(edges: readonly Edge[]) {
    for (const edge of edges)
      for (const i of new Set([...edge[0], ...edge[1]])) {
        const known = this.byRelation.get(i);
        if (known) known.push(edge);
        else this.byRelation.set(i, [edge]);
      }
  }

  add(relation: number): void {
    this.joined.add(relation);
    this.bound.delete(relation);
    for (const [one, other] of this.byRelation.get(relation) ?? []) {
      this.bind(one, other);
      this.bind(other, one);
    }
  }

  private bind(known: ReadonlySet<number>, side: ReadonlySet<number>): void {
    if (side.size !== 1) return;
    const [relation] = side;
    if (!this.joined.has(relation!) && [...known].every((i) => this.joined.has(i))) this.bound.add(relation!);
  }
}

/** The next relation is the first one as written that an equality binds to those before it; else the first one that is left. */
function connectedOrder(count: number, edges: readonly Edge[]): readonly number[] {
  const joined = new Joined(edges);
  const left = new Set(Array.from({ length: count }, (_, i) => i));
  const order: number[] = [];
  while (left.size > 0) {
    const [first] = left;
    const next = joined.bound.size > 0 ? Math.min(...joined.bound) : first!;
    left.delete(next);
    joined.add(next);
    order.push(next);
  }
  return order;
}

/** Joins of this order that no equality binds. */
function products(order: readonly number[], edges: readonly Edge[]): number {
  const joined = new Joined(edges);
  let made = 0;
  for (const [i, relation] of order.entries()) {
    if (i > 0 && !joined.bound.has(relation)) made++;
    joined.add(relation);
  }
  return made;
}
