/** Statements over small objects: what the specs say of the dialect, one case a fact. */
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { SELECT_FUNCTIONS } from '../../../translators/object-sql/functions.ts';
import { CSV, DOCUMENT, LINES, outcome, type Run, select, TO_CSV, TO_JSON } from './kit.ts';

const USE = { ...CSV, fileHeaderInfo: 'USE' } as const;
const PEOPLE = 'name,city,age\nDale,Orick,33\n"Hattie, B","Bro""gan",36\n# a comment, "\nVirginia,Nogal,x\n,,\n';
const BOS = { dialect: 'bos' } as const;

type Case = readonly [sql: string, answer: string];

function table(title: string, common: Omit<Run, 'sql'>, cases: readonly Case[]): void {
  describe(title, () => {
    it.each(cases)('%s', async (sql, answer) => {
      // Cut into single bytes, it must be the same.
      expect(await outcome({ ...common, sql })).toBe(answer);
      expect(await outcome({ ...common, sql, chunk: 1 })).toBe(answer);
    });
  });
}

const value = (sql: string): string => `SELECT ${sql} FROM S3Object`;
const values = (cases: readonly Case[]): readonly Case[] =>
  cases.map(([sql, text]) => [value(sql), text.startsWith('!') ? text : `${text}\n`]);
const ONE = { object: 'x\n', output: { ...TO_CSV, quote: undefined, fieldDelimiter: '|' } };

table('functions', ONE, values(SELECT_FUNCTIONS.flatMap(({ examples }) => examples)));

// Facts of spec s3-select 4.
table(
  'operators',
  ONE,
  values([
    ['1 / 2', '0'],
    ['3.0 / 2', '1.5'],
    ['7 % 3, -7 % 3, 7.5 % 2', '1|-1|1.5'],
    ['-2 * 3 + 4, -(2 + 3)', '-2|-5'],
    ['2 + 3 * 4, (2 + 3) * 4', '14|20'],
    ["'a' || 'b' || 1", 'ab1'],
    ['9223372036854775807 + 1', '!IntegerOverflow'],
    ['1 / 0', '!EvaluatorInvalidArguments'],
    ['1.5 / 0', '!EvaluatorInvalidArguments'],
    ['NOT 1 = 2 AND 2 = 2', 'true'],
    ['1 = 1 OR 1 = 2 AND 1 = 3', 'true'],
    // `<` before `=`, IN before BETWEEN before LIKE, as the list of precedences has them.
    ['1 < 2 = TRUE', 'true'],
    ["'ab' || 'c' LIKE 'abc'", 'true'],
    ['1 + 1 IN (2, 3)', 'true'],
    ['1 + 1 BETWEEN 2 AND 1 + 1', 'true'],
    ['2 NOT BETWEEN 3 AND 4, 2 NOT IN (1, 2)', 'true|false'],
    ["'abc' NOT LIKE 'a%'", 'false'],
    ["'aBc' LIKE 'abc'", 'false'],
    ["'a%c' LIKE 'a\\%c' ESCAPE '\\', 'abc' LIKE 'a\\%c' ESCAPE '\\'", 'true|false'],
    ["'x_y' LIKE '%#_y' ESCAPE '#', 'xzy' LIKE '%#_y' ESCAPE '#'", 'true|false'],
    ["'aXbXc' LIKE 'a%_c', '' LIKE '%', '' LIKE '_', '😁' LIKE '_'", 'true|true|false|true'],
    ["'x' LIKE 'x' ESCAPE 'ab'", '!LikeInvalidInputs'],
    ["1 LIKE '1'", '!LikeInvalidInputs'],
    ['NULL IS NULL, NULL IS NOT NULL, 1 IS MISSING', 'true|false|false'],
    ['NULL = NULL, 1 = NULL, NOT (1 = NULL)', '||'],
    ['1 IN (2, NULL), 2 IN (2, NULL)', '|true'],
    ['FALSE AND NULL, TRUE OR NULL, TRUE AND NULL', 'false|true|'],
    ["CASE WHEN 1 > 2 THEN 'a' WHEN 2 > 1 THEN 'b' ELSE 'c' END", 'b'],
    ["CASE 3 WHEN 1 THEN 'a' WHEN 2 THEN 'b' END", ''],
    ["1 = 'a', 1 <> 'a', 1 < 'a'", 'false|true|'],
    ["`2010T` < `2010-05T`, `2017-01-02T03:04Z` = '2017-01-02T04:04+01:00'", 'true|true'],
    [
      '`2010T`, `2010-05T`, `2017-01-02`, `2017-01-02T03:04:05.67+02:00`',
      '2010T|2010-05T|2017-01-02|2017-01-02T03:04:05.67+02:00',
    ],
    ['`2010-13T`', '!LexerInvalidIONLiteral'],
  ]),
);

table(
  'CAST',
  ONE,
  values([
    ["CAST('12' AS INT), CAST(' -7 ' AS INTEGER), CAST(12.9 AS INT), CAST(-12.9 AS INT)", '12|-7|12|-12'],
    ["CAST('12.7' AS INT)", '!CastFailed'],
    ["CAST('' AS INT)", '!CastFailed'],
    ["CAST('0x1F' AS INT)", '!CastFailed'],
    ["CAST('9223372036854775807' AS INT)", '9223372036854775807'],
    ["CAST('9223372036854775808' AS INT)", '!CastFailed'],
    ["CAST('1e2' AS FLOAT), CAST('.5' AS FLOAT)", '100|0.5'],
    ["CAST('Infinity' AS FLOAT)", '!CastFailed'],
    ["CAST('1.25' AS DECIMAL(3,1)), CAST('1.25' AS DECIMAL), CAST(7 AS NUMERIC(5,2))", '1.3|1.25|7.00'],
    ["CAST('123.4' AS DECIMAL(3,1))", '!CastFailed'],
    ["CAST('0.1' AS DECIMAL) + CAST('0.2' AS DECIMAL)", '0.3'],
    ["CAST('1.00' AS DECIMAL) / 3, CAST('12345678901234567890.5' AS DECIMAL) * 2", '0.33333333|24691357802469135781.0'],
    ["CAST('x' AS DECIMAL(39,1))", '!InvalidDataType'],
    ["CAST('TRUE' AS BOOL), CAST(0 AS BOOLEAN)", 'true|false'],
    ["CAST('yes' AS BOOL)", '!CastFailed'],
    ["CAST(1.5 AS STRING) || 'x'", '1.5x'],
    ["CAST('2010-05T' AS TIMESTAMP)", '2010-05T'],
    ["CAST('2010-02-30' AS TIMESTAMP)", '!CastFailed'],
    ['CAST(1 AS TIMESTAMP)', '!InvalidCast'],
    ['CAST(1 AS BLOB)', '!ParseExpectedTypeName'],
  ]),
);

table('csv with a header line', { object: PEOPLE, input: USE }, [
  ['SELECT * FROM S3Object', 'Dale,Orick,33\n"Hattie, B","Bro""gan",36\nVirginia,Nogal,x\n,,\n'],
  ['select s.name from s3object s where s.age = 36;', '"Hattie, B"\n'],
  ['SELECT s.* FROM S3Object AS s LIMIT 1', 'Dale,Orick,33\n'],
  ['SELECT NAME, "city" FROM S3Object LIMIT 1', 'Dale,Orick\n'],
  ['SELECT "NAME" FROM S3Object', '!MissingHeaders'],
  ['SELECT _2 FROM S3Object LIMIT 1', 'Orick\n'],
  ['SELECT COUNT(*), COUNT(name), COUNT(0) FROM S3Object', '4,4,4\n'],
  // A cell that is no number does not match, whatever the operator.
  ['SELECT COUNT(*) FROM S3Object WHERE age > 33', '1\n'],
  ['SELECT COUNT(*) FROM S3Object WHERE age <> 33', '1\n'],
  ['SELECT COUNT(*) FROM S3Object WHERE NOT age > 33', '1\n'],
  ['SELECT COUNT(*) FROM S3Object WHERE age IN (33, 36, 40)', '2\n'],
  ["SELECT COUNT(*) FROM S3Object WHERE age IN ('33', 'x', 'y')", '2\n'],
  ["SELECT COUNT(*) FROM S3Object WHERE age = '33'", '1\n'],
  ['SELECT COUNT(*) FROM S3Object WHERE CAST(age AS INT) > 33', '!CastFailed'],
  ["SELECT name FROM S3Object WHERE age <> 'x' AND age <> '' AND CAST(age AS INT) > 33", '"Hattie, B"\n'],
  ["SELECT SUM(age), AVG(age), MIN(age), MAX(age) FROM S3Object WHERE age <> 'x'", '69,34.5,33,36\n'],
  ['SELECT MIN(name), MAX(age) FROM S3Object', 'Dale,x\n'],
  ['SELECT SUM(age) FROM S3Object', '!CastFailed'],
  ['SELECT SUM(age), COUNT(age) FROM S3Object WHERE FALSE', ',0\n'],
  ['SELECT COUNT(*) * 2 + 1 FROM S3Object', '9\n'],
  ['SELECT age + 1 FROM S3Object LIMIT 2', '34\n37\n'],
  ['SELECT * FROM S3Object LIMIT 0', ''],
  ['SELECT COUNT(*) FROM S3Object LIMIT 0', ''],
  ['SELECT name, * FROM S3Object LIMIT 1', 'Dale,Dale,Orick,33\n'],
  ["SELECT UPPER(name), CHAR_LENGTH(city) FROM S3Object WHERE city LIKE '%_\"%'", '"HATTIE, B",7\n'],
]);

table('csv in BOS', { object: PEOPLE, input: USE, more: BOS }, [
  ['SELECT name FROM BosObject WHERE age > 35', '"Hattie, B"\n'],
  ['SELECT _1 FROM BosObject', '!MissingHeaders'],
]);

table('csv without a header line', { object: PEOPLE, input: { ...CSV, fileHeaderInfo: 'IGNORE' }, more: BOS }, [
  ['select count(*) from BosObject where _3 > 33', '1\n'],
  ['SELECT name FROM BosObject', '!MissingHeaders'],
  ['SELECT _0 FROM BosObject', '!InvalidColumnIndex'],
  ['SELECT _1001 FROM BosObject', '!InvalidColumnIndex'],
  ['SELECT COUNT(_4), COUNT(*) FROM BosObject WHERE _4 IS MISSING', '0,4\n'],
]);

table('csv to JSON', { object: PEOPLE, input: USE, output: TO_JSON }, [
  ['SELECT * FROM S3Object LIMIT 1', '{"name":"Dale","city":"Orick","age":"33"}\n'],
  ["SELECT name AS n, age + 1, city || '!' FROM S3Object LIMIT 1", '{"n":"Dale","_2":34,"_3":"Orick!"}\n'],
]);

const NESTED = [
  '{"id":0,"title":"Test Record","desc":"Some text","synonyms":["foo","bar","whatever"]}',
  '{"id":1,"title":"Second Record","desc":"another text","synonyms":["some","synonym","value"]}',
  '{"id":2,"title":"Second Record","desc":"another text","numbers":[2, 3.0, 4]}',
  '{"id":3,"title":"Second Record","desc":"another text","nested":[[2, 3.0, 4], [7, 8.5, 9]],"Big":9007199254740993}',
  '',
].join('\n');

table('JSON lines', { object: NESTED, input: LINES, output: TO_JSON }, [
  [
    'SELECT * FROM S3Object WHERE id = 2',
    '{"id":2,"title":"Second Record","desc":"another text","numbers":[2,3.0,4]}\n',
  ],
  ["SELECT s.id FROM S3Object s WHERE 'bar' IN s.synonyms[*]", '{"id":0}\n'],
  ["SELECT s.id FROM S3Object s WHERE 'bar' in s.synonyms", '{"id":0}\n'],
  ['SELECT s.id FROM S3Object s WHERE 3.0 IN s.numbers[*]', '{"id":2}\n'],
  ['SELECT s.nested[1], s.nested[0] FROM S3Object s WHERE id = 3', '{"_1":[7,8.5,9],"_2":[2,3.0,4]}\n'],
  ['SELECT s.nested[0][1] FROM S3Object s WHERE s.nested[1][2] = 9', '{"_1":3.0}\n'],
  ['SELECT s.nested[0][1] / 2, s.nested[0][0] / 4 FROM S3Object s WHERE id = 3', '{"_1":1.5,"_2":0}\n'],
  [
    'SELECT big, "Big", BIG + 1 AS more FROM S3Object WHERE BIG = 9007199254740993',
    '{"big":9007199254740993,"Big":9007199254740993,"more":9007199254740994}\n',
  ],
  ['SELECT "big" FROM S3Object WHERE id = 3', '{}\n'],
  ['SELECT id, nope, NULL AS nil FROM S3Object WHERE nope IS MISSING LIMIT 1', '{"id":0,"nil":null}\n'],
  ['SELECT COUNT(*), COUNT(synonyms), MAX(id), SUM(id) FROM S3Object', '{"_1":4,"_2":2,"_3":3,"_4":6}\n'],
  ["SELECT s.id FROM S3Object s WHERE s['title'] LIKE 'Test%' AND S3Object.\"desc\" <> 'x'", '{"id":0}\n'],
  ['SELECT s.id FROM S3Object[*].synonyms[*] s', '{}\n{}\n{}\n{}\n{}\n{}\n{}\n{}\n'],
  ['SELECT s FROM S3Object[*].nested[0][*] AS s WHERE s > 2', '{"s":3.0}\n{"s":4}\n'],
  ["SELECT s.id FROM S3Object s WHERE s.title = 'test record'", ''],
  ["SELECT s.id FROM S3Object s WHERE s.id = '0'", ''],
  ['SELECT s.tags[*] FROM S3Object s', '!ParseCannotMixSqbAndWildcardInSelectList'],
  ['SELECT MAX(title) + 1 FROM S3Object', '!IncorrectSqlFunctionArgumentType'],
]);

table('JSON lines to csv', { object: NESTED, input: LINES }, [
  ['SELECT id, synonyms, nope FROM S3Object LIMIT 1', '0,"[""foo"",""bar"",""whatever""]",\n'],
]);

// The example of AWS's guide: a path that finds nothing gives a record of nothing.
const RULES =
  '{ "Rules": [ {"id": "1"}, {"expr": "y > x"}, {"id": "2", "expr": "z = DEBUG"} ]}\n{ "created": "June 27", "modified": "July 6" }';

table('JSON documents', { object: RULES, input: DOCUMENT, output: TO_JSON }, [
  ['SELECT id FROM S3Object[*].Rules[*].id', '{"id":"1"}\n{}\n{"id":"2"}\n{}\n'],
  ['SELECT id FROM S3Object[*].Rules[*] WHERE expr IS NOT MISSING', '{}\n{"id":"2"}\n'],
  ['SELECT * FROM S3Object[*].Rules[1]', '{"expr":"y > x"}\n{}\n'],
  ['SELECT * FROM S3Object.created', '{}\n{"created":"June 27"}\n'],
  [
    'SELECT * FROM S3Object[*].*',
    '{"_1":[{"id":"1"},{"expr":"y > x"},{"id":"2","expr":"z = DEBUG"}]}\n{"_1":"June 27"}\n{"_1":"July 6"}\n',
  ],
  ['SELECT COUNT(*) FROM S3Object', '{"_1":2}\n'],
  ["SELECT * FROM S3Object[*]['created']", '{}\n{"created":"June 27"}\n'],
]);

table(
  'a document that is an array',
  { object: ' [ {"a" : 1}, [2], "x\\"]" , null ] ', input: DOCUMENT, output: TO_JSON },
  [
    ['SELECT * FROM S3Object', '{"_1":[{"a":1},[2],"x\\"]",null]}\n'],
    ['SELECT * FROM S3Object[*][*]', '{"a":1}\n{"_1":[2]}\n{"_1":"x\\"]"}\n{"_1":null}\n'],
    ['SELECT _1 FROM S3Object[*][*][0]', '{}\n{"_1":2}\n{}\n{}\n'],
  ],
);

describe('statements that are not supported', () => {
  const refused: readonly Case[] = [
    ['', '!ParseEmptySelect'],
    ['SELECT FROM S3Object', '!ParseEmptySelect'],
    ['SELECT *', '!ParseSelectMissingFrom'],
    ['DELETE FROM S3Object', '!ParseUnsupportedSyntax'],
    ['COPY S3Object TO x', '!ParseUnsupportedSyntax'],
    ["ATTACH 'x' AS y", '!ParseUnexpectedToken'],
    ['PRAGMA database_list', '!ParseUnexpectedToken'],
    ['SELECT * FROM S3Object; DROP TABLE x', '!ParseUnexpectedTerm'],
    ['SELECT DISTINCT _1 FROM S3Object', '!ParseUnsupportedSelect'],
    ['SELECT _1 FROM S3Object GROUP BY _1', '!ParseUnsupportedLiteralsGroupBy'],
    ['SELECT _1 FROM S3Object ORDER BY _1', '!UnsupportedSqlStructure'],
    ['SELECT _1 FROM S3Object LIMIT 1 OFFSET 1', '!UnsupportedSqlStructure'],
    ['SELECT _1 FROM S3Object LIMIT -1', '!ParseExpectedNumber'],
    ['SELECT _1 FROM S3Object UNION SELECT _2 FROM S3Object', '!UnsupportedSqlStructure'],
    ['SELECT * FROM S3Object a, S3Object b', '!MultipleDataSourcesUnsupported'],
    ['SELECT * FROM S3Object a JOIN S3Object b ON a._1 = b._1', '!ParseMalformedJoin'],
    ['SELECT * FROM (SELECT 1)', '!UnsupportedSqlStructure'],
    ['SELECT _1 IN (SELECT 1) FROM S3Object', '!UnsupportedSqlStructure'],
    ['WITH x AS (SELECT 1) SELECT * FROM x', '!UnsupportedSqlStructure'],
    ['SELECT SUM(_1) OVER () FROM S3Object', '!UnsupportedSqlStructure'],
    ['SELECT * FROM other', '!BadTableName'],
    ['SELECT * FROM "/etc/passwd"', '!BadTableName'],
    ["SELECT * FROM read_csv('/etc/passwd')", '!ParseUnexpectedToken'],
    ["SELECT read_text('/etc/passwd') FROM S3Object", '!UnsupportedFunction'],
    ["SELECT getenv('HOME') FROM S3Object", '!UnsupportedFunction'],
    ['SELECT * FROM S3Object[*].a', '!DataSourcePathUnsupported'],
    ['SELECT x.* FROM S3Object s', '!InvalidTableAlias'],
    ['SELECT COUNT(*), _1 FROM S3Object', '!UnsupportedSqlStructure'],
    ['SELECT SUM(COUNT(*)) FROM S3Object', '!UnsupportedSqlStructure'],
    ['SELECT _1 FROM S3Object WHERE COUNT(*) > 1', '!UnsupportedSqlStructure'],
    ['SELECT COUNT(DISTINCT _1) FROM S3Object', '!UnsupportedSyntax'],
    ['SELECT SUM(*) FROM S3Object', '!ParseUnsupportedCallWithStar'],
    ['SELECT LOWER(*) FROM S3Object', '!ParseUnsupportedCallWithStar'],
    ['SELECT LOWER(_1, _2) FROM S3Object', '!EvaluatorInvalidArguments'],
    ['SELECT DATE_ADD(1, 2, 3) FROM S3Object', '!ParseExpectedDatePart'],
    ['SELECT DATE_ADD(week, 2, `2010T`) FROM S3Object', '!ParseExpectedDatePart'],
    ["SELECT TO_STRING(`2010T`, 'yyyy q') FROM S3Object", '!EvaluatorInvalidTimestampFormatPattern'],
    ["SELECT TO_STRING(`2010T`, 'yyyy yy') FROM S3Object", '!EvaluatorTimestampFormatPatternDuplicateFields'],
    ["SELECT TO_STRING(`2010T`, 'hh:mm') FROM S3Object", '!EvaluatorTimestampFormatPatternHourClockAmPmMismatch'],
    ["SELECT TO_STRING(`2010T`, 'yyyy ''x') FROM S3Object", '!EvaluatorUnterminatedTimestampFormatPatternToken'],
    ["SELECT 'abc FROM S3Object", '!LexerInvalidLiteral'],
    ['SELECT 1a FROM S3Object', '!LexerInvalidLiteral'],
    ['SELECT ~1 FROM S3Object', '!LexerInvalidChar'],
    ['SELECT ? FROM S3Object', '!LexerInvalidChar'],
    ['SELECT 1 AS FROM S3Object', '!ParseExpectedIdentForAlias'],
    ['SELECT CAST _1 AS INT FROM S3Object', '!ParseExpectedLeftParenAfterCast'],
    ['SELECT CAST(_1 INT) FROM S3Object', '!ParseExpectedKeyword'],
    ['SELECT CAST(_1, _2) FROM S3Object', '!ParseCastArity'],
    ['SELECT LOWER(_1 FROM S3Object', '!ParseExpectedArgumentDelimiter'],
    ['SELECT * AS x FROM S3Object', '!ParseUnsupportedAlias'],
    ['SELECT 99999999999999999999 FROM S3Object', '!IntegerOverflow'],
    [`SELECT ${'('.repeat(5000)}1${')'.repeat(5000)} FROM S3Object`, '!ParseUnexpectedToken'],
    [`SELECT '${'x'.repeat(256 * 1024)}' FROM S3Object`, '!ExpressionTooLong'],
  ];
  it.each(refused)('%.80s', async (sql, answer) => {
    expect(await outcome({ sql, object: 'a,b\n' })).toBe(answer);
  });
});

describe('output', () => {
  const object = 'plain,"a ""q"", b",\n';
  it.each([
    [{ quoteFields: 'ALWAYS' }, '"plain","a ""q"", b",""\n'],
    [{ quoteFields: 'ALWAYS', quote: "'", quoteEscape: '\\' }, `'plain','a "q", b',''\n`],
    [{ fieldDelimiter: ';', recordDelimiter: '\r\n' }, 'plain;"a ""q"", b";\r\n'],
    [{ quoteEscape: '\\' }, 'plain,"a \\"q\\", b",\n'],
    [{ recordDelimiter: '//' }, 'plain,"a ""q"", b",//'],
  ] as const)('csv as %j', async (change, answer) => {
    expect(await outcome({ sql: 'SELECT * FROM S3Object', object, output: { ...TO_CSV, ...change } })).toBe(answer);
  });

  it('has the line of names apart', async () => {
    const output = { ...TO_CSV, header: true };
    const { header, text } = await select({
      sql: 'SELECT name, age AS "the ""age""" FROM S3Object LIMIT 1',
      object: PEOPLE,
      input: USE,
      output,
    });
    expect([header, text]).toEqual(['name,"the ""age"""\n', 'Dale,33\n']);
    expect((await select({ sql: 'SELECT * FROM S3Object', object: PEOPLE, input: USE, output })).header).toBe(
      'name,city,age\n',
    );
  });

  it('comes in chunks of whole records', async () => {
    const lines = Array.from({ length: 20_000 }, (_, i) => `${i},ü${'x'.repeat(i % 50)}`);
    const { chunks, records, text } = await select({
      sql: 'SELECT * FROM S3Object',
      object: `${lines.join('\n')}\n`,
      chunk: 1 << 20,
    });
    expect(records).toBe(20_000);
    expect(text).toBe(`${lines.join('\n')}\n`);
    expect(chunks.length).toBeGreaterThan(5);
    for (const chunk of chunks) {
      expect(chunk.length).toBeLessThanOrEqual(64 * 1024);
      expect(chunk.at(-1)).toBe(10);
    }
  });
});

describe('bad input', () => {
  const all = 'SELECT * FROM S3Object';
  const gzip = (text: string): Buffer => gzipSync(text);
  const long = 'x'.repeat(600 * 1024);
  it.each<readonly [string, Omit<Run, 'sql'>, string]>([
    ['text that is not UTF-8', { object: Buffer.from([97, 0xff, 10]) }, '!InvalidTextEncoding'],
    ['half a character at the end', { object: Buffer.from([97, 0xc3]) }, '!InvalidTextEncoding'],
    ['a record over the limit', { object: `a\n${long}\n`, more: { ...BOS } }, '!OverMaxRecordSize'],
    ['a record below the limit of S3', { object: `${long}\n` }, `${long}\n`],
    ['a line without an end', { object: 'x'.repeat(3 << 20) }, '!OverMaxRecordSize'],
    ['too many columns', { object: `${'a,'.repeat(1000)}a\n`, more: { ...BOS } }, '!OverMaxColumn'],
    ['a quote that is not closed', { object: 'a,"b\nc\n' }, '!CSVParsingError'],
    ['JSON that is none', { object: '{"a":1}\n{"a":}\n', input: LINES }, '!JSONParsingError'],
    ['JSON that is none, in a document', { object: '{"a" 1}', input: DOCUMENT }, '!JSONParsingError'],
    ['brackets that do not match', { object: '{"a":[1}', input: DOCUMENT }, '!JSONParsingError'],
    ['a document cut off', { object: '{"a":[1,2', input: DOCUMENT }, '!TruncatedInput'],
    ['a line cut off', { object: '{"a":1}\n{"a":', input: LINES }, '!TruncatedInput'],
    ['a deep document', { object: '['.repeat(100_000), input: DOCUMENT }, '!JSONParsingError'],
    [
      'a JSON record over the limit',
      { object: `{"a":"${'x'.repeat(2 << 20)}"}`, input: DOCUMENT },
      '!OverMaxRecordSize',
    ],
    ['gzip that is none', { object: 'a,b\n', more: { compression: 'GZIP' } }, '!InvalidCompressionFormat'],
    [
      'gzip cut off',
      { object: gzip(PEOPLE.repeat(100)).subarray(0, 80), more: { compression: 'GZIP' } },
      '!TruncatedInput',
    ],
    [
      'a gzip bomb',
      {
        object: gzip(`${'a'.repeat(1023)}\n`.repeat(100 << 10)),
        more: { compression: 'GZIP' },
        engine: { expansion: { ratio: 100, bytes: 0 } },
      },
      '!InvalidCompressionFormat',
    ],
    [
      'more bytes than allowed',
      {
        object: gzip('a\n'.repeat(1 << 20)),
        more: { compression: 'GZIP' },
        engine: { expansion: { ratio: 0, bytes: 1 << 20 } },
      },
      '!InvalidCompressionFormat',
    ],
  ])('%s', async (_, run, answer) => {
    expect(await outcome({ sql: all, ...run })).toBe(answer);
  });

  it('damaged gzip', async () => {
    const damaged = gzip(PEOPLE.repeat(1000));
    damaged[damaged.length >> 1]! ^= 0xff;
    expect(
      await outcome({ sql: 'SELECT COUNT(*) FROM S3Object', object: damaged, more: { compression: 'GZIP' } }),
    ).toMatch(/^!(InvalidCompressionFormat|TruncatedInput)$/);
  });

  it('names the row that fails, and gives those before it', async () => {
    const run = { sql: 'SELECT CAST(_1 AS INT) FROM S3Object', object: '1\n2\nx\n4\n' };
    await expect(select(run)).rejects.toMatchObject({ code: 'CastFailed', message: expect.stringContaining('row 3') });
  });

  it('reads gzip of several members', async () => {
    const object = Buffer.concat([gzip('a\nb'), gzip('c\n'), gzip('d\n')]);
    expect(await outcome({ sql: all, object, more: { compression: 'GZIP' }, chunk: 5 })).toBe('a\nbc\nd\n');
  });
});

describe('scan ranges', () => {
  const object = 'a1,x\nb22,y\nc,z\nd4,w\n';
  const lines = { ...CSV, allowQuotedRecordDelimiter: false };
  const ranged = (scanRange: { start?: number; end?: number }, more: Partial<Run> = {}): Promise<string> =>
    outcome({
      sql: 'SELECT _1 FROM S3Object',
      object,
      input: lines,
      ...more,
      more: { scanRange: { start: scanRange.start, end: scanRange.end } },
    });

  it('give each record once, however the object is cut', async () => {
    const size = object.length;
    for (const chunk of [1, 3, 100]) {
      for (let cut = 1; cut < size; cut++) {
        const parts = [
          await ranged({ start: 0, end: cut - 1 }, { chunk }),
          await ranged({ start: cut, end: size - 1 }, { chunk }),
        ];
        expect(parts.join('')).toBe('a1\nb22\nc\nd4\n');
      }
    }
  });

  it('with delimiters of two characters', async () => {
    const two = { ...lines, recordDelimiter: '//' };
    const text = 'a/b//c//dd//';
    for (let cut = 1; cut < text.length; cut++) {
      const parts = [
        await ranged({ start: 0, end: cut - 1 }, { object: text, input: two, chunk: 2 }),
        await ranged({ start: cut }, { object: text, input: two, chunk: 2 }),
      ];
      expect(parts.join('')).toBe('a/b\nc\ndd\n');
    }
  });

  it('have a start, an end or both', async () => {
    expect(await ranged({ start: 5 })).toBe('b22\nc\nd4\n');
    expect(await ranged({ start: 6 })).toBe('c\nd4\n');
    expect(await ranged({ end: 5 })).toBe('d4\n');
    expect(await ranged({ start: 0, end: 0 })).toBe('a1\n');
    expect(await ranged({ start: 7, end: 8 })).toBe('');
    expect(await ranged({ start: 8, end: 7 })).toBe('!InvalidScanRange');
    expect(await ranged({ start: 100 })).toBe('!InvalidScanRange');
  });

  it('take names from the header line wherever they begin', async () => {
    const use = { ...lines, fileHeaderInfo: 'USE' } as const;
    expect(await ranged({ start: 6 }, { sql: 'SELECT a1 FROM S3Object', input: use })).toBe('c\nd4\n');
  });

  it('are for text that can be cut only', async () => {
    expect(await ranged({ start: 0 }, { input: CSV })).toBe('!UnsupportedScanRangeInput');
    expect(await ranged({ start: 0 }, { input: DOCUMENT })).toBe('!UnsupportedScanRangeInput');
    expect(
      await ranged({ start: 3 }, { object: '{"a":1}\n{"a":2}\n', sql: 'SELECT a FROM S3Object', input: LINES }),
    ).toBe('2\n');
  });
});

table(
  'lists in brackets',
  ONE,
  values([
    ['1 IN [1, 2], 3 IN [1, 2], 3 NOT IN [1, 2]', 'true|false|true'],
    ["'b' IN ['a', 'b', NULL], 'c' IN ['a', NULL]", 'true|'],
    ['1 + 1 IN [2] AND 1 = 1', 'true'],
    ['1 IN []', '!ParseUnexpectedToken'],
    ['1 IN [1, 2', '!ParseUnexpectedToken'],
  ]),
);

table('names of the list in WHERE, csv', { object: PEOPLE, input: USE }, [
  ["SELECT s.city AS town FROM S3Object s WHERE town = 'Orick'", 'Orick\n'],
  ["SELECT UPPER(name) AS n FROM S3Object WHERE n LIKE 'D%' AND age = '33'", 'DALE\n'],
  ['SELECT name AS "Town" FROM S3Object WHERE "town" = 1', '!MissingHeaders'],
  // A column of the name comes first.
  ["SELECT name AS city FROM S3Object WHERE city = 'Orick'", 'Dale\n'],
  ["SELECT name AS x, city AS x FROM S3Object WHERE x = 'Orick'", '!AmbiguousFieldName'],
  ['SELECT COUNT(*) AS n FROM S3Object WHERE n > 1', '!MissingHeaders'],
  ['SELECT name AS a FROM S3Object WHERE b = 1', '!MissingHeaders'],
]);
table('names of the list in WHERE, without names', { object: 'a,1\nb,2\n' }, [
  ["SELECT _2 AS n FROM S3Object WHERE n = '2'", '2\n'],
  ["SELECT _1 AS _2 FROM S3Object WHERE _2 = '1'", 'a\n'],
]);
table('names of the list in WHERE, JSON', { object: '{"a":1,"c":5}\n{"a":2}\n{"a":3,"b":9}\n', input: LINES }, [
  ['SELECT s.a AS b FROM S3Object s WHERE b = 2', '2\n'],
  // The rows that have such a member are asked for it.
  ['SELECT s.a AS b FROM S3Object s WHERE b > 2', '3\n'],
  ['SELECT s.a AS a FROM S3Object s WHERE a > 2', '3\n'],
  ['SELECT s.a + 10 AS d FROM S3Object s WHERE d BETWEEN 11 AND 12', '11\n12\n'],
  ['SELECT s.a AS b FROM S3Object s WHERE s.b = 9', '3\n'],
]);

describe('what comes behind the answer', () => {
  const broken = '{"a":1}\n{"a":2}\n{"a":}\n';
  const long = `{"a":1}\n{"a":"${'x'.repeat(2_000_000)}`;
  it.each([
    ['a line that is no JSON', 'SELECT a FROM S3Object LIMIT 2', { object: broken, input: LINES }, '1\n2\n'],
    [
      'the same behind a condition',
      'SELECT a FROM S3Object WHERE a = 2 LIMIT 1',
      { object: broken, input: LINES },
      '2\n',
    ],
    ['the same along a path', 'SELECT a FROM S3Object[*] LIMIT 2', { object: broken, input: LINES }, '1\n2\n'],
    ['a line cut off', 'SELECT a FROM S3Object LIMIT 1', { object: '{"a":1}\n{"a":', input: LINES }, '1\n'],
    ['a line that is too long', 'SELECT a FROM S3Object LIMIT 1', { object: long, input: LINES }, '1\n'],
    ['a value of a document', 'SELECT a FROM S3Object LIMIT 2', { object: broken, input: DOCUMENT }, '1\n2\n'],
    ['a record of csv', 'SELECT _1 FROM S3Object LIMIT 1', { object: `a\n${'x'.repeat(2_000_000)}\n` }, 'a\n'],
  ] as [string, string, Omit<Run, 'sql'>, string][])('does not matter: %s', async (_, sql, run, answer) => {
    expect(await outcome({ ...run, sql })).toBe(answer);
    expect(await outcome({ ...run, sql, chunk: 7 })).toBe(answer);
  });

  it.each([
    ['SELECT a FROM S3Object LIMIT 3', '!JSONParsingError'],
    ['SELECT a FROM S3Object', '!JSONParsingError'],
    ['SELECT COUNT(*) FROM S3Object LIMIT 1', '!JSONParsingError'],
    ['SELECT a FROM S3Object WHERE a = 7 LIMIT 1', '!JSONParsingError'],
  ])('matters to %s', async (sql, answer) => {
    expect(await outcome({ object: broken, input: LINES, sql })).toBe(answer);
  });
});
