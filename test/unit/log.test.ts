/** The log: one JSON line a record, and no data of statements in it. */
import { PassThrough } from 'node:stream';
import { expect, it } from 'vitest';
import { createLog, maskLiterals } from '../../src/log.ts';

it.each([
  ["SELECT * FROM t WHERE name = 'O''Hara' AND age > 30", 'SELECT * FROM t WHERE name = ? AND age > ?'],
  [
    "SELECT 'a\\'b', \"c\" FROM `my 5 table` -- secret 'x\nWHERE a1 = 1.5e3",
    'SELECT ?, ? FROM `my 5 table` WHERE a1 = ?',
  ],
  ["SELECT /* 'pin 1234' */ x FROM logs-2024.01 WHERE p = 'unfinished", 'SELECT x FROM logs-? WHERE p = ?'],
  ['SELECT match(name, "o\'x") LIMIT 10', 'SELECT match(name, ?) LIMIT ?'],
])('masks %s', (sql, wanted) => expect(maskLiterals(sql)).toBe(wanted));

it('cuts very long statements', () => {
  expect(maskLiterals(`SELECT ${'a, '.repeat(5_000)}b`).length).toBeLessThan(2_100);
});

it('writes JSON lines from its level on', async () => {
  const stream = new PassThrough();
  const log = createLog('info', stream);
  log.debug('unseen');
  log.info('request', { ms: 1.5, calls: ['search'], long: 9007199254740993n });
  const line = JSON.parse(String(await new Promise((resolve) => stream.once('data', resolve)))) as Record<
    string,
    unknown
  >;
  expect(line).toMatchObject({ level: 'info', message: 'request', ms: 1.5, calls: ['search'] });
  expect(typeof line.timestamp).toBe('string');
});
