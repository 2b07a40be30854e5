/**
 * NoREC: the rows that a condition in WHERE keeps, where the cluster may answer it by its index, a script or not at all, are as many as
 * those of which the same condition in the select list says TRUE, where it is computed row by row.
 */
import type { Random } from '../../src/sample-data/random.ts';
import type { BothPaths, Outcome } from './both-paths.ts';
import { junction, type Node, node, smaller } from './node.ts';
import { type Check, codeOf, failed, isOfValues, messageOf } from './runner.ts';
import { printStatement, type Statement } from './statement.ts';
import { Statements } from './statements.ts';
import type { FuzzTable } from './tables.ts';

type Run = BothPaths['cluster'];

const QUESTIONS: readonly ((text: string) => string)[] = [
  (text) => `(${text}) IS TRUE`,
  (text) => `CASE WHEN ${text} THEN 1 ELSE 0 END`,
  (text) => `NOT ((${text}) IS NOT TRUE)`,
];

export function optimised(random: Random, tables: readonly FuzzTable[], run: Run): Check {
  const made = new Statements(random, tables);
  const { source, s } = made.partitionable();
  const ask = random.pick(QUESTIONS);
  return counted(
    { ...s, items: [], grouped: true, distinct: false, keys: [], aggregates: [] },
    made.condition(source),
    ask,
    run,
  );
}

function counted(from: Statement, p: Node, ask: (text: string) => string, run: Run): Check {
  const one = { name: 'COUNT', distinct: false } as const;
  const kept = printStatement({ ...from, where: from.where ? junction([from.where, p], 'AND') : p, aggregates: [one] });
  const asked: Statement = { ...from, grouped: false, items: [node('boolean', [p], ([text]) => ask(text!))] };
  return {
    sql: kept,
    statements: 2,
    async judge() {
      const outcomes: readonly [Outcome, Outcome] = [await run(kept), await run(printStatement(asked))];
      const bad = outcomes.find((outcome) => 'error' in outcome && !isOfValues(outcome));
      if (bad) return failed(`refused: ${codeOf(bad)}: ${messageOf(bad)}`);
      const [count, answers] = outcomes;
      if ('error' in count) return { kind: 'excused', excuse: messageOf(count) };
      if ('error' in answers) return { kind: 'excused', excuse: messageOf(answers) };
      const yes = answers.rows.filter(([cell]) => cell === true || cell === 1).length;
      if (count.rows[0]?.[0] === yes) return { kind: 'answered' };
      return failed(
        `WHERE keeps ${String(count.rows[0]?.[0])} rows, the condition is TRUE of ${yes}: ${printStatement(asked)}`,
      );
    },
    *smaller() {
      if (from.where) yield counted({ ...from, where: undefined }, p, ask, run);
      for (const less of smaller(p)) yield counted(from, less, ask, run);
    },
  };
}
