/**
 * Ternary logic partitioning: for each row a condition is TRUE, FALSE or unknown, so that what it keeps, what its negation keeps and
 * what leaves it unknown are together all there is: of rows, groups, aggregates, groups that HAVING keeps, and pairs of a join.
 */

import type { Row } from '../../src/rows/page.ts';
import type { Random } from '../../src/sample-data/random.ts';
import type { BothPaths, Outcome } from './both-paths.ts';
import { difference } from './compare.ts';
import { Expressions } from './expressions.ts';
import { merged, total } from './merge.ts';
import { junction, type Node, node, printNode, smaller } from './node.ts';
import { type Check, codeOf, failed, isOfValues, messageOf, type Verdict } from './runner.ts';
import { nameOf, scopeOf } from './sources.ts';
import { type Having, printStatement, type Statement, smallerStatements } from './statement.ts';
import { Statements } from './statements.ts';
import type { FuzzTable } from './tables.ts';

type Run = BothPaths['cluster'];

const not = (p: Node): Node => node('boolean', [p], ([a]) => `NOT (${a})`);
const unknown = (p: Node): Node => node('boolean', [p], ([a]) => `((${a}) IS NULL)`);
const parts = (p: Node): readonly Node[] => [p, not(p), unknown(p)];

export function partition(random: Random, tables: readonly FuzzTable[], run: Run): Check {
  const roll = random.next();
  if (roll < 0.15) return pairs(random, tables, run);
  const made = new Statements(random, tables);
  const { source, s } = made.partitionable();
  if (roll < 0.3 && s.grouped && s.keys.length > 0) return byHaving(s, made.having(source), run);
  return byWhere(s, made.condition(source), run);
}

/** What a refusal says: nothing where a value of a row is at fault, for one of the parts may not look at that row. */
function refusedBy(outcomes: readonly Outcome[]): Verdict | undefined {
  const bad = outcomes.find((outcome) => 'error' in outcome && !isOfValues(outcome));
  if (bad) return failed(`refused: ${codeOf(bad)}: ${messageOf(bad)}`);
  const refusing = outcomes.find((outcome) => 'error' in outcome);
  return refusing && { kind: 'excused', excuse: messageOf(refusing) };
}

const rowsOf = (outcome: Outcome): readonly Row[] => ('rows' in outcome ? outcome.rows : []);

async function compared(run: Run, whole: Statement, pieces: readonly Statement[], s: Statement): Promise<Verdict> {
  const outcomes: Outcome[] = [];
  for (const statement of [whole, ...pieces]) outcomes.push(await run(printStatement(statement)));
  const refusal = refusedBy(outcomes);
  if (refusal) return refusal;
  const [all, ...some] = outcomes.map(rowsOf);
  const together = merged(s, some);
  const why = difference(all!, together, false, { noise: 1e-6 });
  return why === undefined
    ? { kind: 'answered' }
    : failed(why.replaceAll('the cluster path', 'the whole').replaceAll('DuckDB', 'the parts'));
}

function byWhere(s: Statement, p: Node, run: Run): Check {
  const pieces = parts(p).map((part) => ({ ...s, where: s.where ? junction([s.where, part], 'AND') : part }));
  return {
    sql: printStatement(pieces[0]!),
    statements: 4,
    judge: () => compared(run, s, pieces, s),
    *smaller() {
      for (const less of smaller(p)) yield byWhere(s, less, run);
      for (const less of smallerStatements(s)) if (canBeMerged(less)) yield byWhere(less, p, run);
    },
  };
}

const canBeMerged = (s: Statement): boolean =>
  s.items.length + s.keys.length + s.aggregates.length > 0 && s.aggregates.every((a) => !a.distinct);

function byHaving(s: Statement, p: Having, run: Run): Check {
  const under = (f: (text: string) => string): Statement => ({
    ...s,
    having: { aggregates: p.aggregates, print: (texts) => f(p.print(texts)) },
  });
  const pieces = [under((p) => p), under((p) => `NOT (${p})`), under((p) => `(${p}) IS NULL`)];
  return {
    sql: printStatement(pieces[0]!),
    statements: 4,
    // Each group is in one part, so that nothing is put together.
    judge: () => compared(run, s, pieces, { ...s, grouped: false, distinct: false }),
    *smaller() {
      for (const less of smallerStatements(s)) if (less.keys.length > 0) yield byHaving(less, p, run);
    },
  };
}

/** The condition of a join: its parts are all pairs, and outer joins add the rows without one. */
function pairs(random: Random, tables: readonly FuzzTable[], run: Run): Check {
  const small = tables.filter((table) => table.rows <= 60 && table.rows > 0);
  const [l, r] = [random.pick(small), random.pick(small)];
  const scope = [...scopeOf(l, 'l.'), ...scopeOf(r, 'r.')];
  return joinCheck(l, r, new Expressions(random, scope).condition(random.integer(0, 2)), run);
}

function joinCheck(l: FuzzTable, r: FuzzTable, p: Node, run: Run): Check {
  const keys = `l.${nameOf(l.key.path)} AS a, r.${nameOf(r.key.path)} AS b`;
  const over = (kind: string, on?: Node): string =>
    `SELECT ${keys} FROM ${l.index} l ${kind} JOIN ${r.index} r${on ? ` ON ${printNode(on)}` : ''} LIMIT 100000`;
  const sql = over('INNER', p);
  return {
    sql,
    statements: 7,
    async judge() {
      const texts = [over('CROSS'), ...parts(p).map((part) => over('INNER', part))];
      const outer = ['LEFT', 'RIGHT', 'FULL'].map((kind) => over(kind, p));
      const outcomes: Outcome[] = [];
      for (const text of [...texts, ...outer]) outcomes.push(await run(text));
      const refusal = refusedBy(outcomes);
      if (refusal) return refusal;
      const [all, yes, no, open, ...outers] = outcomes.map(rowsOf);
      const sums = difference(all!, [...yes!, ...no!, ...open!], false);
      if (sums !== undefined) return failed(`pairs: ${sums}`);
      for (const [i, side] of (['LEFT', 'RIGHT', 'FULL'] as const).entries()) {
        const why = difference(outers[i]!, total(side, yes!, all!), false);
        if (why !== undefined) return failed(`${side} JOIN: ${why}`);
      }
      return { kind: 'answered' };
    },
    *smaller() {
      for (const less of smaller(p)) yield joinCheck(l, r, less, run);
    },
  };
}
