/** Joins as DuckDB SQL, and the questions of EXISTS and IN among them. */
import type { Expr } from '../../algebra/expr.ts';
import { type Join, outputOf } from '../../algebra/plan.ts';
import { looksOutside } from '../../algebra/walk.ts';
import type { LowerContext } from './context.ts';
import { lowerExpr, lowerMembers } from './expr.ts';
import { columnName } from './print.ts';

const WORDS = {
  inner: 'INNER JOIN',
  left: 'LEFT JOIN',
  right: 'RIGHT JOIN',
  full: 'FULL JOIN',
  cross: 'CROSS JOIN',
  semi: 'SEMI JOIN',
  anti: 'ANTI JOIN',
} as const;

export interface LoweredJoin {
  /** The select list, for who wants it: a join inside another one shows its columns by that one. */
  readonly items: () => readonly string[];
  /** What stands behind FROM. */
  readonly from: string;
}

/** Whether the text of the join may itself stand on the left of one: it has no WHERE, and no columns that its FROM has not. */
export const isChained = (join: Join): boolean => join.join !== 'mark' && join.join !== 'value' && !isAsked(join);

/** SEMI and ANTI that are a question of WHERE: about NULLs, or about a row outside, which DuckDB's own joins of these kinds cannot see. */
const isAsked = ({ join, member, on }: Join): boolean =>
  (join === 'anti' && (member !== undefined || asksOutside(on))) || (join === 'semi' && asksOutside(on));

const asksOutside = (on: Expr | undefined): boolean => on !== undefined && looksOutside(on);

/** `left` and `right` are relations whose columns have statement-wide unique names. */
export function lowerJoin(join: Join, left: string, right: string, context: LowerContext): LoweredJoin {
  const items = (): readonly string[] => outputOf(join).map(columnName);
  if (join.join === 'mark') {
    const mark = join.mark ? [`${question(join, right, context)} AS ${columnName(join.mark)}`] : [];
    return { items: () => [...outputOf(join.left).map(columnName), ...mark], from: left };
  }
  if (join.join === 'value') {
    const value = `(SELECT ${columnName(outputOf(join.right)[0]!)} FROM ${right})`;
    const marks = join.mark ? [`${value} AS ${columnName(join.mark)}`] : [];
    return { items: () => [...outputOf(join.left).map(columnName), ...marks], from: left };
  }
  if (isAsked(join)) {
    const not = join.join === 'anti' ? 'NOT ' : '';
    return { items, from: `${left} WHERE ${not}${question(join, right, context)}` };
  }
  if (join.join === 'left' && join.on && asksOutside(join.on)) {
    const partners = `(SELECT * FROM ${right} WHERE ${lowerExpr(join.on, context)}) AS ${context.alias()}`;
    return { items, from: `${left} LEFT JOIN LATERAL ${partners} ON TRUE` };
  }
  const other = join.dependent ? `LATERAL ${right}` : right;
  if (join.join === 'cross') {
    // A condition on a cross join is one of an inner join.
    const from = join.on
      ? `${left} INNER JOIN ${other} ON ${lowerExpr(join.on, context)}`
      : `${left} CROSS JOIN ${other}`;
    return { items, from };
  }
  return { items, from: `${left} ${WORDS[join.join]} ${other} ON ${join.on ? lowerExpr(join.on, context) : 'TRUE'}` };
}

/** DuckDB's own correlated IN and EXISTS are joins by hash where a condition is an equality, and know of NULLs. */
function question({ on, member }: Join, right: string, context: LowerContext): string {
  const where = on ? ` WHERE ${lowerExpr(on, context)}` : '';
  if (!member) return `EXISTS (SELECT 1 FROM ${right}${where})`;
  const [one, other] = lowerMembers(member.left, member.right, context);
  return `(${one} IN (SELECT ${other} FROM ${right}${where}))`;
}
