/** Divides a logical plan: the largest parts that the cluster answers, closures over their pages, and a residual for DuckDB. */

import { dependentParts } from '../algebra/dependent-parts.ts';
import type { Dsl } from '../algebra/dsl.ts';
import type { Expr } from '../algebra/expr.ts';
import {
  type ConcatNode,
  columnsOfPhysical,
  inputsOfPhysical,
  type Physical,
  type ResidualNode,
  type Several,
} from '../algebra/physical.ts';
import type {
  Aggregate,
  Filter,
  Input,
  Limit,
  LogicalPlan,
  Scan,
  SetOperation,
  Sort,
  SortKey,
} from '../algebra/plan.ts';
import { outputOf } from '../algebra/plan.ts';
import { expressionsOf, inputsOf, mapInputs, parentsFirst } from '../algebra/plan-walk.ts';
import type { Session } from '../algebra/session.ts';
import { columnsOf, conjuncts, looksOutside, some } from '../algebra/walk.ts';
import { lowerAggregation } from '../lower/dsl/aggregation.ts';
import type { DslContext } from '../lower/dsl/context.ts';
import { lowerPredicate } from '../lower/dsl/query.ts';
import { joined } from '../lower/dsl/solved.ts';
import { lowerSort } from '../lower/dsl/sort.ts';
import { lowerToDuckDb } from '../lower/duckdb/index.ts';
import { takeApart } from './apart.ts';
import { neighbours } from './neighbours.ts';
import {
  boolOf,
  contextOf,
  cut,
  dependentCollection,
  fromDuckDb,
  inKeyOrder,
  inRows,
  runsScript,
  where,
} from './parts.ts';
import { prunePhysical } from './prune.ts';
import { PendingResidual } from './residual.ts';
import { SeveralPlan } from './several.ts';
import { boundedGroups, isRenaming, oneRow, unionAllIn } from './shape.ts';

export interface SplitOptions {
  /** Most rows that a heap holds; beyond it DuckDB sorts. */
  readonly heapRows: number;
  /** The request's own filter: goes into every search. */
  readonly filter?: Dsl;
  /** Whether values may hide behind `ignore_above` at this path (architecture, also settled). */
  readonly overflow: (path: string, schema: string) => boolean;
  /** Scripts in queries; off where the cluster refuses more of them. */
  readonly scripts: boolean;
  /** False: nor for sums that no double holds. */
  readonly exactSums?: boolean;
  /** Whole documents are read, and DuckDB does everything else: what every other way of running a plan is held to. */
  readonly residualOnly?: boolean;
  /** Documents hold several values of what groups are made of: rows are taken apart before they are grouped. */
  readonly apart?: boolean;
}

/** A plan of more nodes may be deep. */
const DEEP = 1_000;

export function toPhysical(plan: LogicalPlan, options: SplitOptions, session: Session): Physical {
  return prunePhysical(new Splitter(plan, options, session).whole(plan));
}

/** Goes through the plan once: what a node becomes is kept, since its parent asks again where it goes to DuckDB. */
class Splitter {
  private inputs = 0;
  private columnsMade = 0;
  private readonly made = new Map<LogicalPlan, Physical>();
  /** Nodes as DuckDB sees them: over tables, each with what its rows come from. */
  private readonly absorbed = new Map<LogicalPlan, LogicalPlan>();
  private readonly tables = new Map<string, Physical>();
  private readonly residuals = new Map<Physical, boolean>();
  private readonly commons = new Map<LogicalPlan, boolean>();
  private readonly readerCounts = new Map<LogicalPlan, number>();
  private readonly dependent: ReadonlySet<LogicalPlan>;

  constructor(
    plan: LogicalPlan,
    private readonly options: SplitOptions,
    private readonly session: Session,
  ) {
    const nodes = parentsFirst(plan);
    for (const node of nodes) for (const input of inputsOf(node)) this.readerCounts.set(input, this.readers(input) + 1);
    this.dependent = dependentParts(nodes);
  }

  whole(plan: LogicalPlan): Physical {
    const nodes = parentsFirst(plan);
    // From below, so that deep plans are no deep recursion. What stands below a LIMIT is for the LIMIT to divide.
    if (nodes.length > DEEP) {
      for (const node of nodes.toReversed()) if (node.kind !== 'sort' && node.kind !== 'limit') this.split(node);
    }
    return this.split(plan);
  }

  split(plan: LogicalPlan): Physical {
    let physical = this.made.get(plan);
    if (!physical) {
      physical = this.divide(plan);
      this.made.set(plan, physical);
    }
    return physical;
  }

  private divide(plan: LogicalPlan): Physical {
    // Who makes the outer row makes what looks at it.
    const isWhole = this.options.residualOnly && plan.kind !== 'scan' && plan.kind !== 'unnest';
    if (isWhole || expressionsOf(plan).some(looksOutside)) return this.residual(plan);
    switch (plan.kind) {
      case 'scan':
        return {
          kind: 'search',
          scan: plan,
          columns: plan.columns,
          query: plan.vector ? neighbours(plan, [], this.context(plan), this.options.filter) : this.options.filter,
          count: Number.POSITIVE_INFINITY,
          offset: 0,
        };
      case 'values':
        return { kind: 'values', columns: plan.columns, rows: plan.rows };
      case 'filter':
        return this.filter(plan);
      case 'project':
        if (plan.common) return this.residual(plan);
        return { kind: 'project', input: this.split(plan.input), items: plan.items };
      case 'limit':
        return this.limit(plan);
      case 'sort':
        return this.sort(plan, Number.POSITIVE_INFINITY, 0);
      case 'aggregate':
        return this.aggregate(plan);
      case 'unnest':
        return {
          kind: 'unnest',
          input: this.split(plan.input),
          source: plan.source,
          columns: plan.columns,
          outer: plan.outer,
        };
      case 'setOperation':
        // Branches that read a table in common are one statement, so that it is made once.
        return plan.op === 'union' && plan.all && !this.readsCommon(plan) ? this.concat(plan) : this.residual(plan);
      default:
        return this.residual(plan);
    }
  }

  private context(scan: Scan): DslContext {
    return contextOf(scan, this.options, this.session);
  }

  private filter(plan: Filter): Physical {
    const input = this.split(plan.input);
    const parts = conjuncts(plan.predicate).filter((part) => !(part.kind === 'literal' && part.value === true));
    if (parts.some((part) => part.kind === 'literal')) {
      return { kind: 'values', columns: columnsOfPhysical(input), rows: [] };
    }
    if (input.kind !== 'search' || input.count !== Number.POSITIVE_INFINITY) return where(input, parts);
    const context = this.context(input.scan);
    if (input.scan.vector) return { ...input, query: neighbours(input.scan, parts, context, this.options.filter) };
    const must: Dsl[] = [];
    const filters: Dsl[] = input.query ? [input.query] : [];
    const recheck: Expr[] = [];
    const later: Dsl[] = [];
    for (const part of joined(parts)) {
      const lowered = lowerPredicate(part, context);
      if (!lowered?.exact) recheck.push(part);
      if (!lowered) continue;
      const scored = input.scan.scored && some(part, (e) => e.kind === 'relevance');
      if (scored) must.push(lowered.query);
      else if (runsScript(lowered.query)) later.push(lowered.query);
      else filters.push(lowered.query);
    }
    // Scripts see only what the native clauses leave.
    return where({ ...input, query: boolOf(must, [...filters, ...later]) }, recheck);
  }

  private limit(plan: Limit): Physical {
    if (plan.count === 0) return { kind: 'values', columns: outputOf(plan), rows: [] };
    if (plan.input.kind === 'sort') {
      const sorted = this.sort(plan.input, plan.count, plan.offset);
      return sorted.kind === 'top' ? { ...sorted, implicit: plan.implicit } : cut(sorted, plan);
    }
    return cut(this.split(plan.input), plan);
  }

  private sort(plan: Sort, count: number, offset: number): Physical {
    const input = this.split(plan.input);
    if (input.kind === 'values' && input.rows.length <= 1) return input;
    if (oneRow(input)) return input;
    if (fromDuckDb(input) && inRows(plan)) return this.residual(plan);
    const pushed = this.pushSort(input, plan.keys);
    if (pushed) return pushed;
    if (offset + count <= this.options.heapRows) return { kind: 'top', input, keys: plan.keys, count, offset };
    if (inRows(plan)) {
      if (boundedGroups(input)) {
        const table: Input = { kind: 'input', name: this.nextInput(), columns: columnsOfPhysical(input) };
        const over: LogicalPlan = { kind: 'sort', input: table, keys: plan.keys };
        const spill = lowerToDuckDb(
          Number.isFinite(count) || offset > 0 ? { kind: 'limit', input: over, count, offset } : over,
          this.session,
        );
        return { kind: 'top', input, keys: plan.keys, count, offset, spill: { name: table.name, query: spill } };
      }
      return this.residual(plan);
    }
    return { kind: 'top', input, keys: plan.keys, count, offset };
  }

  /** The sort as the cluster's own, where it has one: of hits, or of groups by their keys. */
  private pushSort(input: Physical, keys: readonly SortKey[]): Physical | undefined {
    switch (input.kind) {
      case 'search': {
        if (input.count !== Number.POSITIVE_INFINITY || input.sort) return undefined;
        const sort = lowerSort(keys, this.context(input.scan));
        return sort && { ...input, sort };
      }
      case 'where': {
        const inner = this.pushSort(input.input, keys);
        return inner && { ...input, input: inner };
      }
      case 'unnest': {
        const made = new Set(input.columns.map((c) => c.column));
        if (keys.some((key) => [...columnsOf(key.expr)].some((c) => made.has(c)))) return undefined;
        const inner = this.pushSort(input.input, keys);
        return inner && { ...input, input: inner };
      }
      case 'aggregation': {
        // A composite aggregation gives nulls first upwards and last downwards, and nothing else.
        const order = keys.map((key) => ({
          key: input.keys.find((k) => key.expr.kind === 'column' && k.column === key.expr.column),
          desc: key.desc,
          natural: key.nullsFirst !== key.desc,
        }));
        if (order.some((o) => !o.key || !o.natural) || input.count !== Number.POSITIVE_INFINITY) return undefined;
        const first = [...new Set(order.map((o) => o.key!))];
        const others = input.keys.filter((k) => !first.includes(k));
        return {
          ...input,
          keys: [...first.map((k) => ({ ...k, desc: order.find((o) => o.key === k)!.desc })), ...others],
          output: input.output ?? columnsOfPhysical(input),
          several: input.several?.under((groups) => ({ kind: 'sort', input: groups, keys })),
        };
      }
      default:
        return undefined;
    }
  }

  private aggregate(plan: Aggregate): Physical {
    const input = this.split(plan.input);
    if (!this.isApart(plan) && input.kind === 'search' && input.count === Number.POSITIVE_INFINITY) {
      const only = plan.aggregates[0]?.call;
      if (
        plan.keys.length === 0 &&
        plan.aggregates.length === 1 &&
        only?.fn.measure === 'count' &&
        only.args.length === 0 &&
        !only.filter
      ) {
        return { kind: 'count', scan: input.scan, query: input.query, column: plan.aggregates[0]!.column };
      }
      const lowered = lowerAggregation(plan, input.scan, this.context(input.scan));
      if (lowered) {
        return {
          kind: 'aggregation',
          scan: input.scan,
          query: input.query,
          ...lowered,
          count: Number.POSITIVE_INFINITY,
          several: this.several(plan),
        };
      }
    }
    return this.residual(plan, plan.keys.length > 0 && !this.options.residualOnly ? inKeyOrder : undefined);
  }

  /** A chain of UNION ALL is one node, whose branches stand beside each other. */
  private concat(plan: SetOperation): ConcatNode {
    const branches: Physical[] = [];
    let left: LogicalPlan = plan;
    for (let next: SetOperation | undefined = plan; next; next = unionAllIn(left)) {
      branches.push(this.split(next.right));
      left = next.left;
    }
    branches.push(this.split(left));
    return { kind: 'concat', inputs: branches.reverse(), columns: plan.columns };
  }

  /** The node in DuckDB, over inputs that the cluster answers as far as it can. */
  private residual(plan: LogicalPlan, arrange = (made: LogicalPlan): LogicalPlan => made): ResidualNode {
    const inside = this.inside(plan);
    return new PendingResidual(inside, arrange(inside), this.tables, this.session, this.several(plan));
  }

  private isApart(plan: Aggregate): boolean {
    // What depends on outer rows is made with them, so that no table holds its rows apart.
    return plan.collections !== undefined || (this.options.apart === true && !this.dependent.has(plan.input));
  }

  /** The same plan with rows taken apart, made only where it is needed. */
  private several(plan: LogicalPlan): Several | undefined {
    if (this.options.apart) return undefined;
    return new SeveralPlan(plan, (whole) => toPhysical(whole, { ...this.options, apart: true }, this.session));
  }

  /** An aggregate over a table of rows that are taken apart. */
  private takenApart(plan: Aggregate): Aggregate {
    if (this.dependent.has(plan.input)) throw dependentCollection();
    const { node, over } = takeApart(plan, this.split(plan.input), this.columnsMade);
    this.columnsMade += columnsOfPhysical(node).length;
    const name = this.nextInput();
    this.tables.set(name, node);
    return over({ kind: 'input', name, columns: columnsOfPhysical(node) });
  }

  private inside(node: LogicalPlan): LogicalPlan {
    let inside = this.absorbed.get(node);
    if (!inside) {
      inside =
        node.kind === 'aggregate' && this.isApart(node)
          ? this.takenApart(node)
          : mapInputs(node, (child) => this.absorb(child));
      this.absorbed.set(node, inside);
    }
    return inside;
  }

  private absorb(child: LogicalPlan): LogicalPlan {
    if (this.options.residualOnly && child.kind !== 'scan' && child.kind !== 'unnest') return this.inside(child);
    const physical = this.split(child);
    if (this.hasResidual(physical) && child.kind !== 'unnest') return this.inside(child);
    // Two views of one search are loaded once.
    if (child.kind === 'project' && this.readers(child.input) > 1 && isRenaming(child)) return this.inside(child);
    let table = this.absorbed.get(child);
    if (!table) {
      if (this.dependent.has(child)) throw dependentCollection();
      const name = this.nextInput();
      this.tables.set(name, physical);
      table = { kind: 'input', name, columns: columnsOfPhysical(physical) };
      this.absorbed.set(child, table);
    }
    return table;
  }

  /** Whether a common table is read somewhere below. */
  private readsCommon(plan: LogicalPlan): boolean {
    let reads = this.commons.get(plan);
    if (reads === undefined) {
      reads = (plan.kind === 'project' && plan.common) || inputsOf(plan).some((input) => this.readsCommon(input));
      this.commons.set(plan, reads);
    }
    return reads;
  }

  /** How many nodes of the plan read this one. */
  private readonly readers = (plan: LogicalPlan): number => this.readerCounts.get(plan) ?? 0;

  /** Whether some part is DuckDB's already, so that what stands above may as well be. */
  private hasResidual(node: Physical): boolean {
    const known = this.residuals.get(node);
    if (known !== undefined) return known;
    const has = node.kind === 'residual' || inputsOfPhysical(node).some((input) => this.hasResidual(input));
    this.residuals.set(node, has);
    return has;
  }

  private nextInput(): string {
    return `input${this.inputs++}`;
  }
}
