/** The tables of a sqllogictest file as indices: what CREATE TABLE and INSERT say, and nothing else. */
import { call } from '../cluster/export-kit.ts';

type Value = string | number | null;

interface Table {
  readonly columns: readonly { readonly name: string; readonly type: string }[];
  readonly rows: (readonly Value[])[];
}

const TYPES: readonly (readonly [RegExp, string])[] = [
  [/^(INTEGER|INT)\b/i, 'long'],
  [/^(FLOAT|REAL|DOUBLE)\b/i, 'double'],
  [/^(TEXT|VARCHAR|CHAR)\b/i, 'keyword'],
];

/** Statements that change nothing in the rows. */
const IDLE = /^\s*(CREATE\s+(UNIQUE\s+)?INDEX|DROP\s+INDEX|REINDEX|DROP\s+TABLE)\b/i;

/** Commas outside of texts and parentheses. */
function pieces(text: string): readonly string[] {
  const found = text.match(/'(?:[^']|'')*'|\([^)]*\)|[^,()']+|,/g) ?? [];
  const all: string[] = [''];
  for (const piece of found) {
    if (piece === ',') all.push('');
    else all.push(all.pop()! + piece);
  }
  return all.map((piece) => piece.trim());
}

function readValue(text: string): Value {
  if (/^NULL$/i.test(text)) return null;
  if (text.startsWith("'")) return text.slice(1, -1).replaceAll("''", "'");
  const number = Number(text);
  if (Number.isNaN(number)) throw new Error(`${text} is no value`);
  return number;
}

export class LogicTables {
  private readonly tables = new Map<string, Table>();
  private readonly loaded = new Set<string>();
  private readonly url: string;
  private readonly prefix: string;

  /** `url` is the engine's; each index is called as its table with a prefix. */
  constructor(url: string, prefix: string) {
    this.url = url;
    this.prefix = prefix;
  }

  /** Tells false for a statement that it does not know (a view, a trigger): what follows cannot be judged. */
  apply(sql: string): boolean {
    if (IDLE.test(sql)) return true;
    return this.create(sql) || this.insert(sql) || this.copy(sql);
  }

  /** The statement with the names of the indices. */
  named(sql: string): string {
    if (this.tables.size === 0) return sql;
    const names = new RegExp(`\\b(${[...this.tables.keys()].join('|')})\\b`, 'gi');
    return sql.replace(names, (name) => this.indexOf(name));
  }

  /** Loads what is not in the cluster yet. */
  async load(): Promise<void> {
    for (const [name, { columns, rows }] of this.tables) {
      if (this.loaded.has(name)) continue;
      const properties = Object.fromEntries(columns.map((column) => [column.name, { type: column.type }]));
      const settings = { number_of_shards: 1, number_of_replicas: 0 };
      await call('PUT', `/${this.indexOf(name)}`, { settings, mappings: { properties } }, this.url);
      const lines = rows.map((row) => {
        const filled = columns.flatMap((column, i) => (row[i] === null ? [] : [[column.name, row[i]]]));
        return `{"index":{}}\n${JSON.stringify(Object.fromEntries(filled))}\n`;
      });
      if (lines.length > 0) await call('POST', `/${this.indexOf(name)}/_bulk?refresh=true`, lines.join(''), this.url);
      this.loaded.add(name);
    }
  }

  async close(): Promise<void> {
    for (const name of this.loaded) await call('DELETE', `/${this.indexOf(name)}`, undefined, this.url);
  }

  private indexOf(name: string): string {
    return `${this.prefix}${name.toLowerCase()}`;
  }

  private create(sql: string): boolean {
    const [, name, body] = /^\s*CREATE\s+TABLE\s+(\w+)\s*\(([\s\S]*)\)\s*$/i.exec(sql) ?? [];
    if (name === undefined) return false;
    const columns = pieces(body!).flatMap((piece) => {
      const [, column, type] = /^(\w+)\s+(.*)$/s.exec(piece) ?? [];
      const known = TYPES.find(([pattern]) => pattern.test(type ?? ''));
      return known ? [{ name: column!, type: known[1] }] : [];
    });
    this.tables.set(name.toLowerCase(), { columns, rows: [] });
    return true;
  }

  private insert(sql: string): boolean {
    const [, name, list, body] =
      /^\s*INSERT\s+INTO\s+(\w+)\s*(?:\(([^)]*)\))?\s*VALUES\s*\(([\s\S]*)\)\s*$/i.exec(sql) ?? [];
    const table = name === undefined ? undefined : this.tables.get(name.toLowerCase());
    if (!table) return false;
    const values = pieces(body!).map(readValue);
    const names = list?.split(',').map((column) => column.trim());
    table.rows.push(names ? table.columns.map((column) => values[names.indexOf(column.name)] ?? null) : values);
    return true;
  }

  private copy(sql: string): boolean {
    const [, to, from] = /^\s*INSERT\s+INTO\s+(\w+)\s+SELECT\s+\*\s+FROM\s+(\w+)\s*$/i.exec(sql) ?? [];
    const source = from === undefined ? undefined : this.tables.get(from.toLowerCase());
    const target = to === undefined ? undefined : this.tables.get(to.toLowerCase());
    if (!source || !target) return false;
    target.rows.push(...source.rows);
    return true;
  }
}
