/** Walks over bound expressions: children, rewriting, structural identity, conjuncts. */
import { assertNever } from './assert-never.ts';
import type { Column, Expr } from './expr.ts';

/** Direct sub-expressions, in order. The plan of a subquery is not among them. */
export function childrenOf(expr: Expr): readonly Expr[] {
  switch (expr.kind) {
    case 'literal':
    case 'column':
    case 'outer':
    case 'relevance':
      return [];
    case 'call':
      return expr.args;
    case 'cast':
    case 'not':
    case 'isNull':
      return [expr.arg];
    case 'case':
      return [...expr.whens.flatMap((w) => [w.when, w.then]), expr.otherwise];
    case 'and':
    case 'or':
      return expr.args;
    case 'compare':
      return [expr.left, expr.right];
    case 'in':
      return [expr.arg, ...expr.list];
    case 'like':
      return [expr.arg, expr.pattern];
    case 'nestedAny':
      return [expr.predicate];
    case 'scalarSubquery':
      return expr.arg ? [expr.arg] : [];
    default:
      return assertNever(expr);
  }
}

/** The expression with `f` applied to each direct sub-expression; the same object when nothing changed. */
export function mapChildren(expr: Expr, f: (child: Expr) => Expr): Expr {
  const list = (items: readonly Expr[]): readonly Expr[] => {
    let changed = false;
    const out = items.map((item) => {
      const next = f(item);
      if (next !== item) changed = true;
      return next;
    });
    return changed ? out : items;
  };
  switch (expr.kind) {
    case 'literal':
    case 'column':
    case 'outer':
    case 'relevance':
      return expr;
    case 'call': {
      const args = list(expr.args);
      return args === expr.args ? expr : { ...expr, args };
    }
    case 'cast': {
      const arg = f(expr.arg);
      return arg === expr.arg ? expr : { ...expr, arg };
    }
    case 'not': {
      const arg = f(expr.arg);
      return arg === expr.arg ? expr : { ...expr, arg };
    }
    case 'isNull': {
      const arg = f(expr.arg);
      return arg === expr.arg ? expr : { ...expr, arg };
    }
    case 'case': {
      const whens = expr.whens.map((w) => ({ when: f(w.when), then: f(w.then) }));
      return { ...expr, whens, otherwise: f(expr.otherwise) };
    }
    case 'and': {
      const args = list(expr.args);
      if (args === expr.args) return expr;
      return expr.between ? { ...expr, args, between: f(expr.between) } : { ...expr, args };
    }
    case 'or': {
      const args = list(expr.args);
      return args === expr.args ? expr : { ...expr, args };
    }
    case 'compare': {
      const left = f(expr.left);
      const right = f(expr.right);
      return left === expr.left && right === expr.right ? expr : { ...expr, left, right };
    }
    case 'in': {
      const arg = f(expr.arg);
      const items = list(expr.list);
      return arg === expr.arg && items === expr.list ? expr : { ...expr, arg, list: items };
    }
    case 'like': {
      const arg = f(expr.arg);
      const pattern = f(expr.pattern);
      return arg === expr.arg && pattern === expr.pattern ? expr : { ...expr, arg, pattern };
    }
    case 'nestedAny': {
      const predicate = f(expr.predicate);
      return predicate === expr.predicate ? expr : { ...expr, predicate };
    }
    case 'scalarSubquery': {
      if (!expr.arg) return expr;
      const arg = f(expr.arg);
      return arg === expr.arg ? expr : { ...expr, arg };
    }
    default:
      return assertNever(expr);
  }
}

/** Top-down rewriting: where `f` answers, its answer stands and is not entered. */
export function rewrite(expr: Expr, f: (e: Expr) => Expr | undefined): Expr {
  return f(expr) ?? mapChildren(expr, (child) => rewrite(child, f));
}

const sizes = new WeakMap<Expr, number>();

/** Terms of an expression as it would be written out; values are none, so that long lists of them are not large. */
export function sizeOf(expr: Expr): number {
  if (expr.kind === 'literal') return 0;
  let size = sizes.get(expr);
  if (size === undefined) {
    size = 1;
    for (const child of childrenOf(expr)) size += sizeOf(child);
    sizes.set(expr, size);
  }
  return size;
}

/** How many terms are computed more often than before when expressions stand for columns; `seen` are the columns read so far. */
export function sizeAfter(expr: Expr, by: ReadonlyMap<Column, Expr>, seen: Set<Column>): number {
  if (expr.kind === 'column') {
    const replaced = by.get(expr.column);
    if (!replaced || replaced.kind === 'column') return 0;
    if (seen.has(expr.column)) return sizeOf(replaced);
    seen.add(expr.column);
    return 0;
  }
  return childrenOf(expr).reduce((sum, child) => sum + sizeAfter(child, by, seen), 0);
}

export function some(expr: Expr, test: (e: Expr) => boolean): boolean {
  return test(expr) || childrenOf(expr).some((child) => some(child, test));
}

/** Every column that an expression reads, once each. */
export function columnsOf(...exprs: readonly Expr[]): Set<Column> {
  const out = new Set<Column>();
  const visit = (e: Expr): void => {
    if (e.kind === 'column' || e.kind === 'outer') out.add(e.column);
    if (e.kind === 'nestedAny') {
      // Its predicate reads below the elements of the collection.
      out.add(e.source);
      return;
    }
    for (const child of childrenOf(e)) visit(child);
  };
  for (const e of exprs) visit(e);
  return out;
}

/** Whether it looks at a row outside of its query. */
export const looksOutside = (expr: Expr): boolean => some(expr, (e) => e.kind === 'outer');

export const isVolatile = (expr: Expr): boolean => some(expr, (e) => e.kind === 'call' && e.fn.volatile === true);

/** `a AND (b AND c)` → [a, b, c]; BETWEEN is one condition. */
export function conjuncts(expr: Expr): readonly Expr[] {
  return expr.kind === 'and' && !expr.between ? expr.args.flatMap(conjuncts) : [expr];
}

export function andOf(parts: readonly Expr[]): Expr | undefined {
  if (parts.length === 0) return undefined;
  return parts.length === 1 ? parts[0] : { kind: 'and', type: 'boolean', args: parts };
}
