/** Reads the files of SQLite's sqllogictest: statements and queries with the answers that all engines are to give. */

export interface LogicQuery {
  readonly kind: 'query';
  readonly line: number;
  readonly sql: string;
  /** A letter a column: I an integer, R a number with three digits after the point, T a text. */
  readonly types: string;
  readonly sort: 'nosort' | 'rowsort' | 'valuesort';
  /** One value a line, or `N values hashing to MD5`. */
  readonly expected: readonly string[];
}

export interface LogicStatement {
  readonly kind: 'statement';
  readonly line: number;
  readonly sql: string;
  readonly fails: boolean;
}

export type LogicRecord = LogicQuery | LogicStatement;

const SORTS = new Set(['nosort', 'rowsort', 'valuesort']);

/** A record stands between empty lines; `#` begins a comment, also behind a condition. */
function* blocks(text: string): Generator<{ readonly line: number; readonly lines: readonly string[] }> {
  let lines: string[] = [];
  let first = 1;
  const all = text.split('\n');
  for (const [i, raw] of all.entries()) {
    const line = raw.replace(/\r$/, '');
    if (line.startsWith('#')) continue;
    if (line.trim() === '') {
      if (lines.length > 0) yield { line: first, lines };
      lines = [];
      continue;
    }
    if (lines.length === 0) first = i + 1;
    lines.push(line);
  }
  if (lines.length > 0) yield { line: first, lines };
}

/** `engine` is the name that conditions know: `onlyif` another is left out, `skipif` another is read. */
export function logicRecords(text: string, engine: string): readonly LogicRecord[] {
  const records: LogicRecord[] = [];
  for (const { line, lines } of blocks(text)) {
    let at = 0;
    let wanted = true;
    for (; /^(onlyif|skipif)\b/.test(lines[at] ?? ''); at++) {
      const [word, name] = lines[at]!.split(/\s+/);
      if ((word === 'onlyif') !== (name === engine)) wanted = false;
    }
    const [word, ...rest] = (lines[at] ?? '').split(/\s+/);
    if (!wanted) continue;
    if (word === 'halt') break;
    const body = lines.slice(at + 1);
    if (word === 'statement') {
      records.push({ kind: 'statement', line, sql: body.join('\n'), fails: rest[0] === 'error' });
    } else if (word === 'query') {
      const end = body.indexOf('----');
      const [types = '', sort = 'nosort'] = rest;
      if (!SORTS.has(sort)) throw new Error(`line ${line}: ${sort} is no order`);
      records.push({
        kind: 'query',
        line,
        sql: (end < 0 ? body : body.slice(0, end)).join('\n'),
        types,
        sort: sort as LogicQuery['sort'],
        expected: end < 0 ? [] : body.slice(end + 1),
      });
    } else if (word !== 'hash-threshold') {
      throw new Error(`line ${line}: ${word} is no record`);
    }
  }
  return records;
}
