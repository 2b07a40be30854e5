/** Judges statements by a sample of SQLite's sqllogictest. The files come from Maven Central and stay in the cache. */
import { readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { type Random, seeded } from '../../src/sample-data/random.ts';
import { archive, type Tool } from '../clients/tools.ts';
import type { SqlProxy } from '../cluster/sql-proxy.ts';
import { type LogicQuery, logicRecords } from './logic-records.ts';
import { LogicTables } from './logic-tables.ts';
import { difference } from './logic-values.ts';

/** The name that conditions of the files know us by: none does, so that what is for all engines is run. */
const ENGINE = 'opensearch';

export const logicFiles = (): Promise<Tool> => archive('net.hydromatic', 'sql-logic-test', '0.3', 'test');

export interface Sample {
  readonly seed: number;
  readonly files: number;
  readonly queriesOfFile: number;
}

export interface LogicResult {
  readonly files: number;
  readonly agree: number;
  /** Each with the file, the line, the statement and what differs. */
  readonly wrong: readonly string[];
  readonly refused: readonly string[];
}

function some<T>(all: readonly T[], count: number, random: Random): readonly T[] {
  const left = [...all];
  for (let i = 0; i < Math.min(count, left.length); i++) {
    const j = random.integer(i, left.length - 1);
    [left[i], left[j]] = [left[j]!, left[i]!];
  }
  return left.slice(0, count);
}

/** Each kind of file (a folder, or a file by itself) has its share, so that the many of one kind do not hide another. */
function mixedFiles(folder: string, random: Random): readonly string[] {
  const kinds = new Map<string, string[]>();
  const names = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.test'));
  for (const name of names.sort()) {
    const kind = name.split('/').slice(0, 2).join('/');
    kinds.set(kind, [...(kinds.get(kind) ?? []), name]);
  }
  const queues = [...kinds.values()].map((of) => some(of, of.length, random));
  const mixed: string[] = [];
  for (let i = 0; mixed.length < names.length; i++)
    for (const queue of queues) if (queue[i] !== undefined) mixed.push(queue[i]!);
  return mixed.map((name) => join(folder, name));
}

/** SQLite alone takes a list of nothing; the standard's grammar has none. */
const EMPTY_LIST = /\bIN\s*\(\s*\)/i;

/** Up to the first statement that changes what is there after a query, or that indices have no like of (a view, a trigger). */
function openFile(file: string, tables: LogicTables): readonly LogicQuery[] {
  const queries: LogicQuery[] = [];
  for (const record of logicRecords(readFileSync(file, 'utf8'), ENGINE)) {
    if (record.kind === 'query') {
      if (!EMPTY_LIST.test(record.sql)) queries.push(record);
    } else if (!record.fails && (queries.length > 0 || !tables.apply(record.sql))) break;
  }
  return queries;
}

/** `url` is the engine's, where indices with the prefix are made and removed again. */
export async function judgeByLogicTests(
  {
    folder,
    url,
    proxy,
    prefix,
  }: { readonly folder: string; readonly url: string; readonly proxy: SqlProxy; readonly prefix: string },
  { seed, files, queriesOfFile }: Sample,
): Promise<LogicResult> {
  const random = seeded(seed);
  const wrong: string[] = [];
  const refused: string[] = [];
  let agree = 0;
  let read = 0;
  for (const file of mixedFiles(folder, random)) {
    if (read === files) break;
    const tables = new LogicTables(url, `${prefix}${read}_`);
    const queries = some(openFile(file, tables), queriesOfFile, random);
    if (queries.length === 0) continue;
    read++;
    try {
      await tables.load();
      for (const query of queries) {
        const place = `${relative(folder, file)}:${query.line}`;
        const sql = tables.named(query.sql);
        try {
          const differs = difference((await proxy.query(sql)).datarows, query);
          if (differs === undefined) agree++;
          else wrong.push(`${place}\n${sql}\n${differs}`);
        } catch (error) {
          refused.push(`${place}\n${sql}\n${(error as Error).message.slice(0, 400)}`);
        }
      }
    } finally {
      await tables.close();
    }
  }
  return { files: read, agree, wrong, refused };
}
