/** Predicates on metadata columns: `_id` is found by value, `_index` is decided by name before the search. */
import { holds } from '../../algebra/compare-operators.ts';
import type { CompareOperator, Expr, Literal } from '../../algebra/expr.ts';
import { MATCH_ALL, MATCH_NONE, noneOf, termsOf } from './bool.ts';
import { exactly, type Lowered, type Place } from './context.ts';
import { likeParts } from './like-pattern.ts';

/** Both are never NULL, so FALSE is plain negation. */
export function metaQuery(expr: Expr, wanted: boolean, place: Place): Lowered | undefined {
  // The metadata of a nested query's hidden documents is not that of the row.
  if (place.within !== undefined) return undefined;
  const test = testOf(expr);
  if (!test) return undefined;
  const query = test.meta === '_id' ? idQuery(test) : test.meta === '_index' ? indexQuery(test, place) : undefined;
  return query && exactly(wanted ? query : noneOf(query));
}

type MetaTest = { readonly meta: string } & (
  | { readonly equals: readonly string[] }
  | { readonly holds: (value: string) => boolean }
);

function testOf(expr: Expr): MetaTest | undefined {
  switch (expr.kind) {
    case 'compare': {
      const meta = metaOf(expr.left);
      const value = textOf(expr.right);
      if (meta === undefined || value === undefined) return undefined;
      const { op } = expr;
      return op === '='
        ? { meta, equals: [value] }
        : { meta, holds: (v) => holds(op as CompareOperator, order(v, value)) };
    }
    case 'in': {
      const meta = metaOf(expr.arg);
      const values = expr.list.map(textOf).filter((v) => v !== undefined);
      return meta === undefined || values.length < expr.list.length ? undefined : { meta, equals: values };
    }
    case 'like': {
      const meta = metaOf(expr.arg);
      const pattern = textOf(expr.pattern);
      return meta === undefined || pattern === undefined ? undefined : { meta, holds: likeTest(pattern, expr.escape) };
    }
    case 'isNull': {
      const meta = metaOf(expr.arg);
      return meta === undefined ? undefined : { meta, equals: [] };
    }
    default:
      return undefined;
  }
}

const metaOf = (expr: Expr): string | undefined => (expr.kind === 'column' ? expr.column.meta : undefined);
const textOf = (expr: Expr): string | undefined =>
  expr.kind === 'literal' && typeof expr.value === 'string' ? (expr as Literal & { value: string }).value : undefined;
const order = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

function likeTest(pattern: string, mark: string): (value: string) => boolean {
  const source = likeParts(pattern, mark).map((part) =>
    part === 'any' ? '.*' : part === 'one' ? '.' : part.text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'),
  );
  const regexp = new RegExp(`^${source.join('')}$`, 'is');
  return (value) => regexp.test(value);
}

function idQuery(test: MetaTest): ReturnType<typeof termsOf> | undefined {
  return 'equals' in test ? termsOf('_id', test.equals) : undefined;
}

/** A term on `_index` would take aliases and patterns too, so only names that are known are asked for. */
function indexQuery(test: MetaTest, place: Place): ReturnType<typeof termsOf> | undefined {
  const { indices } = place;
  if (!indices) return undefined;
  const chosen = indices.filter((name) => ('equals' in test ? test.equals.includes(name) : test.holds(name)));
  if (chosen.length === 0) return MATCH_NONE;
  return chosen.length === indices.length ? MATCH_ALL : termsOf('_index', chosen);
}
