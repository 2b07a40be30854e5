/** The recorded answers of the real plugin, all families; what is not expected to agree yet is in gaps.json, which only shrinks. */
import { readdirSync, readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type SqlProxy, startSqlProxy } from '../cluster/sql-proxy.ts';
import { getEngine } from '../support/engine.ts';
import { type CaseReport, type Report, runChecker } from './run-checker.ts';

/** Case id → why it fails, in a few words. */
const gaps = JSON.parse(readFileSync(new URL('gaps.json', import.meta.url), 'utf8')) as Readonly<
  Record<string, string>
>;

const describeCase = ({ id, sql, diff }: CaseReport): string => `${id}: ${sql ?? '(no statement)'}\n    ${diff}`;

describe('the golden cases', () => {
  let proxy: SqlProxy;
  let report: Report;

  beforeAll(async () => {
    proxy = await startSqlProxy(getEngine().url);
    await setScriptRate('100000/1m');
    report = await runChecker(proxy.url);
    const matches = report.cases.filter((one) => one.verdict === 'match');
    const agreeing = matches.filter((one) => one.ok);
    console.log(
      `[golden] ${report.passed} passed, ${report.failed} failed, ${report.free} not compared; ` +
        `match: ${agreeing.length} of ${matches.length} (${((100 * agreeing.length) / matches.length).toFixed(1)} %)`,
    );
  }, 600_000);
  afterAll(async () => {
    await setScriptRate(null);
    await proxy?.close();
  });

  it('were all run', () => {
    expect(report.passed + report.failed + report.free).toBeGreaterThan(1_900);
  });

  it('pass, but for the listed gaps', () => {
    const failing = report.cases.filter((one) => !one.ok && !(one.id in gaps));
    expect(failing.map(describeCase)).toEqual([]);
  });

  it('fail where a gap is listed: a case that passes is taken off the list', () => {
    const passing = report.cases.filter((one) => one.ok && one.id in gaps);
    expect(passing.map((one) => one.id)).toEqual([]);
  });

  it('hold every case that the list names', () => {
    const known = caseIds();
    expect(Object.keys(gaps).filter((id) => !known.has(id))).toEqual([]);
  });
});

function caseIds(): ReadonlySet<string> {
  const folder = new URL('cases/', import.meta.url);
  const lines = readdirSync(folder).flatMap((file) => readFileSync(new URL(file, folder), 'utf8').trim().split('\n'));
  return new Set(lines.map((line) => /"id": ?"([^"]+)"/.exec(line)?.[1] ?? line));
}

/** The engines' own limit of new scripts is below what two thousand statements write. */
async function setScriptRate(rate: string | null): Promise<void> {
  await fetch(`${getEngine().url}/_cluster/settings`, {
    method: 'PUT',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ transient: { 'script.max_compilations_rate': rate } }),
  });
}
