/**
 * The recorded answers on the older engines: in every run a part of them, in the full run all. What an engine itself lacks is in
 * engine-gaps.json with its reason, beside what gaps.json lists for all.
 */
import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ENGINES, type EngineName } from '../../src/node/engines.ts';
import type { EmbeddedNode } from '../../src/node/start.ts';
import { type SqlProxy, startSqlProxy } from '../cluster/sql-proxy.ts';
import { FULL } from '../support/engine.ts';
import { startEngine } from '../support/start-engine.ts';
import { type Report, runChecker } from './run-checker.ts';

type Gaps = Readonly<Record<string, string>>;
const read = <T>(file: string): T => JSON.parse(readFileSync(new URL(file, import.meta.url), 'utf8')) as T;
const common = read<Gaps>('gaps.json');
const lacking = read<Readonly<Record<string, Gaps>>>('engine-gaps.json');

/** What shows soonest that an engine answers otherwise. */
const SMOKE = ['big', 'order', 'cursor', 'meta'];

const OTHERS: readonly EngineName[] = ['opensearch-2', 'elasticsearch-7'];

describe.each(OTHERS)('the golden cases on %s', (name) => {
  let node: EmbeddedNode;
  let proxy: SqlProxy;
  let report: Report;
  const gaps: Gaps = { ...common, ...lacking[name] };

  beforeAll(async () => {
    node = await startEngine(name);
    proxy = await startSqlProxy(node.url);
    report = await runChecker(proxy.url, FULL ? [] : SMOKE);
    const matches = report.cases.filter((one) => one.verdict === 'match');
    console.log(
      `[golden] ${ENGINES[name].title}: ${report.passed} passed, ${report.failed} failed, ${report.free} not compared; ` +
        `match: ${matches.filter((one) => one.ok).length} of ${matches.length}`,
    );
  }, 900_000);
  afterAll(async () => {
    await proxy?.close();
    await node?.stop();
  });

  it('were run', () => {
    expect(report.passed + report.failed + report.free).toBeGreaterThan(FULL ? 1_900 : 150);
  });

  it('pass, but for the listed gaps', () => {
    const failing = report.cases.filter((one) => !one.ok && !(one.id in gaps));
    expect(failing.map(({ id, sql, diff }) => `${id}: ${sql}\n    ${diff}`)).toEqual([]);
  });

  it('fail where a gap of the engine is listed', () => {
    const passing = report.cases.filter((one) => one.ok && one.id in (lacking[name] ?? {}));
    expect(passing.map((one) => one.id)).toEqual([]);
  });
});
