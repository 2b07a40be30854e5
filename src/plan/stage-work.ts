/** The stages of planning as functions of data: they wait for nothing, so that they run on any thread. */

import {
  type Dsl,
  everyNode,
  type Literal,
  type LogicalPlan,
  type Physical,
  type Scan,
  type Session,
} from '../../translators/algebra/index.ts';
import {
  bind,
  type Catalog,
  deletePlan,
  hasSubqueries,
  isCuttable,
  type OutputItem,
  prepare,
  type RowLimits,
  type StatementNode,
  skipsMissing,
  split,
  type TableNames,
  tableNames,
} from '../../translators/index.ts';
import { HEAP_ROWS } from '../run/heap-rows.ts';
import type { ScriptUse } from './scripts.ts';
import { warningsOf } from './warnings.ts';
import { watchSession } from './watch-session.ts';

/** What of a request decides its plan, beside the schemas. */
export interface Asking {
  readonly sql: string;
  readonly parameters: readonly Literal[];
  readonly session: Session;
  readonly limits: RowLimits;
  readonly planLimits: { readonly maxRelations: number; readonly maxPlanNodes: number };
}

/** What is seen of a statement without any schema. */
export interface Seen {
  readonly kind: StatementNode['kind'];
  readonly names: TableNames;
  readonly skipMissing: boolean;
  /** Of EXPLAIN: where the statement begins that is explained. */
  readonly inner: number;
}

export interface Prepared {
  readonly logical: LogicalPlan;
  readonly columns: readonly OutputItem[];
  readonly limited: boolean;
  readonly derived: boolean;
  readonly subqueries: boolean;
  readonly cuttable: boolean;
  readonly warnings: readonly string[];
  /** It holds nothing of the clock, so that it serves other requests too. */
  readonly lasting: boolean;
}

export interface SplitAsking {
  readonly filter?: Dsl;
  readonly scripts: ScriptUse;
  readonly session: Session;
  /** Paths, by index expression, of which values are known to hide behind `ignore_above`. */
  readonly hidden: ReadonlyMap<string, ReadonlySet<string>>;
  /** Documents hold several values of what groups are made of. */
  readonly apart?: boolean;
}

/** What a plan took for granted that only the cluster knows: whether values hide at these paths. */
export interface HiddenQuestion {
  readonly scan: Scan;
  readonly paths: ReadonlySet<string>;
}

export interface Divided {
  readonly physical: Physical;
  readonly questions: readonly HiddenQuestion[];
  readonly lasting: boolean;
}

export function seen(statement: StatementNode): Seen {
  const { kind } = statement;
  return {
    kind,
    names: kind === 'query' ? tableNames(statement) : { surely: [], perhaps: [] },
    skipMissing: kind === 'query' && skipsMissing(statement),
    inner: kind === 'explain' ? statement.statement.at.start : 0,
  };
}

export function prepared(statement: StatementNode, catalog: Catalog, asking: Asking): Prepared {
  const { sql, parameters, limits, planLimits } = asking;
  const { session, used } = watchSession(asking.session);
  const bound = bind(statement, { sql, catalog, parameters, session, limits: planLimits });
  const logical = prepare(bound, limits, session);
  const { columns, limited, derived } = bound;
  return {
    logical,
    columns,
    limited,
    derived,
    subqueries: hasSubqueries(logical),
    cuttable: isCuttable(logical),
    warnings: warningsOf(logical, bound.quoted),
    lasting: !used(),
  };
}

export function divided(logical: LogicalPlan, { filter, scripts, session, hidden, apart }: SplitAsking): Divided {
  const watched = watchSession(session);
  const asked = new Map<string, Set<string>>();
  const options = {
    heapRows: HEAP_ROWS,
    filter,
    scripts: scripts === 'all',
    exactSums: scripts !== 'none',
    apart,
    overflow: (path: string, expression: string): boolean => {
      asked.set(expression, (asked.get(expression) ?? new Set()).add(path));
      return hidden.get(expression)?.has(path) ?? false;
    },
  };
  const physical = split(logical, options, watched.session);
  const questions: HiddenQuestion[] = [];
  for (const node of asked.size > 0 ? everyNode(logical) : []) {
    if (node.kind !== 'scan') continue;
    // Hints belong to a whole statement, so that any scan of an expression stands for the others.
    const paths = asked.get(node.schema.expression);
    if (paths) questions.push({ scan: node, paths });
    asked.delete(node.schema.expression);
  }
  return { physical, questions, lasting: !watched.used() };
}

/** Of DELETE. Values that may hide are taken as hiding: a superset must never be deleted. */
export function deletion(
  statement: Extract<StatementNode, { kind: 'delete' }>,
  catalog: Catalog,
  { sql, parameters, session }: Asking,
  { filter, scripts }: Pick<SplitAsking, 'filter' | 'scripts'>,
): { readonly plan: Physical; readonly columns: readonly OutputItem[] } {
  const options = { heapRows: HEAP_ROWS, filter, scripts: scripts === 'all', overflow: () => true };
  return deletePlan(statement, { sql, catalog, parameters, session }, options);
}
