/** What every select client is made to do, as data: an object, a request of BOS, and what must come back. */

export interface BosCase {
  readonly name: string;
  readonly bucket: string;
  readonly key: string;
  readonly type: 'csv' | 'json';
  readonly sql: string;
  readonly input: {
    readonly compressionType?: string;
    readonly csv?: Readonly<Record<string, string>>;
    readonly json?: Readonly<Record<string, string>>;
  };
  readonly output: {
    readonly outputHeader?: boolean;
    readonly csv?: Readonly<Record<string, string>>;
    readonly json?: Readonly<Record<string, string>>;
    readonly location?: Readonly<Record<string, string>>;
  };
  readonly progress?: boolean;
}

export interface Expected {
  readonly records?: string;
  /** A code, or the beginning of one. */
  readonly error?: string;
}

export const PEOPLE =
  'name,age,city,note\n' +
  'Dale,33,Orick,"likes ""tea"", cake"\n' +
  '# a comment\n' +
  'Virginia,28,Nogal,"two\nlines"\n' +
  'Zoë,41,東京,\n';

export const EVENTS =
  '{"name":"Dale","tags":["a","b"],"at":{"city":"Orick"},"n":9007199254740993}\n' + '{"name":"Zoë","tags":[],"n":-1}\n';

const base64 = (text: string): string => Buffer.from(text).toString('base64');
const named = { csv: { fileHeaderInfo: 'USE' } } as const;
const people = { bucket: 'demo', key: 'people.csv', type: 'csv', input: named, output: { csv: {} } } as const;

/** `index`: of the cluster, as in data.ts. */
export const bosCases = (index: string): readonly (BosCase & { readonly expected: Expected })[] => [
  {
    ...people,
    name: 'rows by name',
    sql: 'SELECT name, age FROM BosObject WHERE age > 30',
    expected: { records: 'Dale,33\nZoë,41\n' },
  },
  {
    ...people,
    name: 'rows by number, of a key that needs encoding',
    key: 'dir/с b+c&d.csv',
    input: { csv: { fileHeaderInfo: 'IGNORE', commentCharacter: base64('#') } },
    sql: "SELECT _1 FROM BosObject s WHERE s._3 = '東京'",
    expected: { records: 'Zoë\n' },
  },
  {
    ...people,
    name: 'a header, other delimiters, quotes always',
    sql: 'SELECT name, city FROM BosObject WHERE age < 40 LIMIT 1',
    output: {
      outputHeader: true,
      csv: {
        quoteFields: 'ALWAYS',
        fieldDelimiter: base64(';'),
        quoteCharacter: base64("'"),
        recordDelimiter: base64('\n'),
      },
    },
    expected: { records: "'name';'city'\n'Dale';'Orick'\n" },
  },
  {
    ...people,
    name: 'quoted newlines',
    sql: 'SELECT note FROM BosObject WHERE age <= 33',
    expected: { records: '"likes ""tea"", cake"\n"two\nlines"\n' },
  },
  {
    ...people,
    name: 'gzip, with progress',
    key: 'people.csv.gz',
    input: { compressionType: 'GZIP', ...named },
    sql: 'SELECT COUNT(*), MAX(CAST(age AS INT)) FROM BosObject',
    progress: true,
    expected: { records: '3,41\n' },
  },
  {
    ...people,
    name: 'json lines',
    key: 'events.json',
    type: 'json',
    input: { json: { type: 'LINES' } },
    output: { json: {} },
    sql: 'SELECT s.name, s.at.city, s.tags[0] AS first, s.n FROM BosObject s',
    expected: {
      records: '{"name":"Dale","city":"Orick","first":"a","n":9007199254740993}\n{"name":"Zoë","n":-1}\n',
    },
  },
  { ...people, name: 'no rows', sql: 'SELECT * FROM BosObject WHERE age > 1000', expected: { records: '' } },
  {
    ...people,
    name: 'the cluster',
    key: 'any/label',
    sql: `SELECT id, k FROM ${index} ORDER BY id`,
    output: { outputHeader: true, csv: {} },
    expected: { records: "id,k\n1,it's\n2,\n" },
  },
  {
    ...people,
    name: 'the cluster as json',
    key: 'any/label',
    type: 'json',
    input: { json: { type: 'LINES' } },
    sql: `SELECT l, k FROM ${index} WHERE id = 1`,
    output: { json: {} },
    expected: { records: '{"l":9007199254740993,"k":"it\'s"}\n' },
  },
  {
    ...people,
    name: 'no object',
    key: 'nothing.csv',
    sql: 'SELECT * FROM BosObject',
    expected: { error: 'NoSuchKey' },
  },
  { ...people, name: 'no index', sql: 'SELECT * FROM there_is_no_such_index', expected: { error: 'BadTableName' } },
  { ...people, name: 'bad SQL', sql: 'SELECT FROM BosObject', expected: { error: 'Parse' } },
  {
    ...people,
    name: 'GROUP BY',
    sql: 'SELECT name, COUNT(*) FROM BosObject GROUP BY name',
    expected: { error: '' },
  },
  {
    ...people,
    name: 'a value that cannot be cast',
    sql: 'SELECT CAST(name AS INT) FROM BosObject',
    expected: { error: 'CastFailed' },
  },
];
