/** Public suites of analytical statements, with their rows at a hundredth of the smallest scale: made by a package of PyPI, kept in the cache. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { madeByPython, type Tool } from '../clients/tools.ts';

const VERSION = '0.4.2';

/** The names by which the package knows them. */
export const SUITES = ['TPCH', 'TPCDS', 'SSB', 'ClickBench'] as const;
export type SuiteName = (typeof SUITES)[number];

export const suiteFolder = (name: SuiteName): Promise<Tool> =>
  madeByPython('benchbox', VERSION, fileURLToPath(new URL('make_suite.py', import.meta.url)), name);

export interface SuiteTable {
  readonly name: string;
  readonly columns: readonly { readonly name: string; readonly type: string }[];
  readonly file: string;
}

export interface Suite {
  readonly tables: readonly SuiteTable[];
  readonly queries: ReadonlyMap<string, string>;
}

export function readSuite(folder: string): Suite {
  const { tables, queries } = JSON.parse(readFileSync(join(folder, 'suite.json'), 'utf8'));
  const files = new Map(readdirSync(folder).map((name) => [name.replace(/\.\w+$/, ''), join(folder, name)]));
  const found = [...(tables as string).matchAll(/CREATE TABLE (\w+) \(([\s\S]*?)\n\);/g)];
  return {
    tables: found.flatMap(([, name, body]) => {
      const file = files.get(name!);
      return file === undefined ? [] : [{ name: name!, columns: columnsOf(body!), file }];
    }),
    queries: new Map(Object.entries(queries as Readonly<Record<string, string>>)),
  };
}

/** A line for each; keys stand among them. */
const columnsOf = (body: string): SuiteTable['columns'] =>
  body.split('\n').flatMap((line) => {
    const [, name, type] = /^\s*(\w+) ([A-Z]+)/.exec(line) ?? [];
    return type === undefined || /^(PRIMARY|FOREIGN|UNIQUE|CONSTRAINT)$/i.test(name!) ? [] : [{ name: name!, type }];
  });
