/** The columns of what puts several queries together by position: UNION and its like, and recursion. */

import type { Column } from '../algebra/expr.ts';
import type { LogicalPlan } from '../algebra/plan.ts';
import { familyOf, type SqlType } from '../algebra/types.ts';
import { engineTypeName } from '../functions/resolve.ts';
import type { Span } from '../syntax/ast.ts';
import { castTo, commonType } from './coerce.ts';
import { type BindEnv, type BoundQuery, semantic } from './context.ts';
import { columnRef } from './expression.ts';

/** The types that the columns of both have in common. `what` is how the statement puts them together. */
export function commonTypes(
  left: BoundQuery,
  right: BoundQuery,
  what: string,
  at: Span,
  env: BindEnv,
): readonly SqlType[] {
  if (left.columns.length !== right.columns.length) {
    throw semantic(
      { env },
      at,
      `${what} needs branches with the same number of columns, but they have ${left.columns.length} and ${right.columns.length}`,
    );
  }
  return left.columns.map((item, i) => {
    const other = right.columns[i]!.column;
    const type = columnType(item.column.type, other.type);
    if (!type) {
      throw semantic(
        { env },
        at,
        `Column ${i + 1} of ${what} is [${engineTypeName(item.column.type)}] in one branch and [${engineTypeName(other.type)}] in the other`,
      );
    }
    return type;
  });
}

/** Texts are no booleans and no addresses: read as one, each but `true` would be FALSE, and one that is none would fail. */
function columnType(a: SqlType, b: SqlType): SqlType | undefined {
  const families = [familyOf(a), familyOf(b)];
  const either = families.includes('boolean') || families.includes('ip');
  return either && families.includes('string') ? 'keyword' : commonType([a, b]);
}

/** A branch with exactly the columns of the operation, cast to its types. */
export function aligned(branch: BoundQuery, columns: readonly Column[], env: BindEnv): LogicalPlan {
  return {
    kind: 'project',
    input: branch.plan,
    items: branch.columns.map((item, i) => ({
      column: { id: env.nextId(), name: item.column.name, type: columns[i]!.type },
      expr: castTo(columnRef(item.column), columns[i]!.type, env.session),
    })),
  };
}
