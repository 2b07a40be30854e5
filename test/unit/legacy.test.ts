/** Forms of the older engine and vector search, as the requests that they become (spec sql-functions 10, 11; sql-grammar 12). */
import { describe, expect, it } from 'vitest';
import { searchPlanOf } from '../../src/cursor/search-plan.ts';
import { explainPlan } from '../../src/plan/explain.ts';
import type { AggregationNode, Physical, SearchNode } from '../../translators/algebra/physical.ts';
import type { Scan } from '../../translators/algebra/plan.ts';
import { printExpr } from '../../translators/algebra/print.ts';
import { buildSchema } from '../../translators/catalog/build-schema.ts';
import { bind, prepare, split } from '../../translators/index.ts';
import { compositeBody } from '../../translators/lower/dsl/aggregation-body.ts';
import { targetOf } from '../../translators/lower/dsl/target.ts';
import { compileExpr } from '../../translators/lower/js/index.ts';
import { parse } from '../../translators/syntax/parser.ts';

const SESSION = { now: '2024-05-17 10:20:30', today: '2024-05-17' };
const MAPPING = {
  shops: {
    mappings: {
      properties: {
        name: { type: 'keyword' },
        note: { type: 'text' },
        age: { type: 'integer' },
        ts: { type: 'date' },
        day: { type: 'date', format: 'yyyy-MM-dd' },
        nano: { type: 'date_nanos' },
        loc: { type: 'geo_point' },
        area: { type: 'geo_shape' },
        emb: { type: 'knn_vector', dimension: 2 },
        address: { properties: { city: { type: 'keyword' }, zip: { type: 'keyword' } } },
      },
    },
  },
};

function plan(sql: string): { physical: Physical; labels: string[] } {
  const statement = parse(sql);
  const catalog = { schema: (name: string) => buildSchema(name, MAPPING) };
  const bound = bind(statement, { sql, catalog, parameters: [], session: SESSION });
  const logical = prepare(bound, { sizeLimit: 200, maxRows: 10_000 }, SESSION);
  const physical = split(logical, { heapRows: 10_000, scripts: true, overflow: () => false }, SESSION);
  return { physical, labels: bound.columns.map((column) => column.alias ?? column.name) };
}

/** The leaf of a plan that is answered by one node of the given kind. */
function leaf<K extends Physical['kind']>(node: Physical, kind: K): Extract<Physical, { kind: K }> {
  if (node.kind === kind) return node as Extract<Physical, { kind: K }>;
  if ('input' in node) return leaf(node.input, kind);
  if (node.kind === 'residual') return leaf(node.inputs[0]!.plan, kind);
  throw new Error(`no ${kind} in ${node.kind}`);
}

const search = (sql: string): SearchNode => leaf(plan(sql).physical, 'search');
const query = (where: string): unknown => search(`SELECT name FROM shops WHERE ${where}`).query;
const aggregation = (sql: string): AggregationNode => leaf(plan(sql).physical, 'aggregation');
const sources = (key: string): unknown => {
  const node = aggregation(`SELECT COUNT(*) FROM shops GROUP BY ${key}`);
  const { aggs } = compositeBody(node, 10, undefined, 'double') as {
    aggs: { groups: { composite: { sources: readonly { readonly k0: unknown }[] } } };
  };
  return aggs.groups.composite.sources[0]!.k0;
};
const request = (sql: string): unknown => {
  const tree = explainPlan(leaf(plan(sql).physical, 'search'));
  return tree.root.description.request;
};

describe('bucket functions as sources of a composite aggregation', () => {
  const asked = { missing_bucket: true, order: 'asc' };

  it.each([
    ["histogram('field'='age','interval'='10')", { histogram: { field: 'age', interval: 10, ...asked } }],
    ['histogram(age, 2.5)', { histogram: { field: 'age', interval: 2.5, ...asked } }],
    [
      "date_histogram(field='ts','interval'='1d')",
      { date_histogram: { field: 'ts', calendar_interval: 'day', ...asked } },
    ],
    ["date_histogram(ts, '1M')", { date_histogram: { field: 'ts', calendar_interval: 'month', ...asked } }],
    [
      "date_histogram('field'='ts','fixed_interval'='1d','time_zone'='+02:00','offset'='+6h')",
      { date_histogram: { field: 'ts', fixed_interval: '86400000ms', time_zone: '+02:00', offset: '+6h', ...asked } },
    ],
    [
      "date_histogram(field='ts','interval'='month','format'='yyyy-MM')",
      { date_histogram: { field: 'ts', calendar_interval: 'month', format: 'uuuu-MM', ...asked } },
    ],
    [
      "date_histogram(field='day','interval'='year')",
      { date_histogram: { field: 'day', calendar_interval: 'year', ...asked } },
    ],
    ['YEAR(ts)', { date_histogram: { field: 'ts', calendar_interval: 'year', format: 'uuuu', ...asked } }],
    ['DATE(ts)', { date_histogram: { field: 'ts', calendar_interval: 'day', ...asked } }],
    ['CAST(ts AS DATE)', { date_histogram: { field: 'ts', calendar_interval: 'day', ...asked } }],
    [
      "DATE_FORMAT(ts, '%Y-%m-01 00:00:00')",
      { date_histogram: { field: 'ts', calendar_interval: 'month', format: 'uuuu-MM-01 00:00:00', ...asked } },
    ],
    [
      "DATE_FORMAT(ts, '%Y-%m-%d %H:00:00')",
      { date_histogram: { field: 'ts', calendar_interval: 'hour', format: 'uuuu-MM-dd HH:00:00', ...asked } },
    ],
  ])('%s', (key, source) => {
    expect(sources(key)).toEqual(source);
  });

  it.each([
    ['an offset that a composite histogram lacks', 'histogram(age, 10, 5)', 'terms'],
    ['ranges', 'range(age, 20, 25, 30)', 'terms'],
  ])('%s: by a script', (_, key, kind) => {
    expect(Object.keys(sources(key) as object)).toEqual([kind]);
    expect(JSON.stringify(sources(key))).toContain('painless');
  });

  it.each([
    ['a format whose text does not rise with time', "DATE_FORMAT(ts, '%m-%d')"],
    ['nanoseconds, which buckets cut', 'DATE(nano)'],
    ['a format that does not tell the buckets apart', "date_histogram(field='ts','interval'='1d','format'='yyyy')"],
    ['cells of a geohash', "geohash_grid(field='loc', precision=3)"],
  ])('%s: after the scan', (_, key) => {
    expect(leaf(plan(`SELECT COUNT(*) FROM shops GROUP BY ${key}`).physical, 'residual').summary).toContain(
      'aggregate',
    );
  });
});

describe('bucket functions in a GROUP BY', () => {
  it('show the key before the select list, by its alias or text', () => {
    const key = "range(age, 20, 25, 'alias'='ages')";
    expect(plan(`SELECT COUNT(*) FROM shops GROUP BY ${key}`).labels).toEqual(['ages', 'COUNT(*)']);
    expect(plan('SELECT COUNT(*) FROM shops GROUP BY range(age, 20, 25)').labels[0]).toBe('range(age, 20, 25)');
    expect(plan(`SELECT COUNT(*), ages FROM shops GROUP BY ${key}`).labels).toEqual(['COUNT(*)', 'ages']);
    expect(plan('SELECT histogram(age, 5) h FROM shops GROUP BY histogram(age, 5)').labels).toEqual(['h']);
  });

  it('are ranges of dates for month() with boundaries, and parts of dates without', () => {
    const bounds = "'format'='yyyy-MM', '2020-01', '2021-01', '2022-01'";
    const ranges = aggregation(`SELECT COUNT(*) FROM shops GROUP BY date_range('field'='ts', ${bounds})`);
    const months = aggregation(`SELECT COUNT(*) FROM shops GROUP BY month(field='ts', ${bounds})`);
    expect(months.query).toEqual(ranges.query);
    expect(months.keys.map((key) => key.source)).toEqual(ranges.keys.map((key) => key.source));
    expect(aggregation('SELECT COUNT(*) FROM shops GROUP BY month(ts)').keys[0]?.column.type).toBe('integer');
  });

  it('leave out what is in no bucket, by a native clause', () => {
    expect(aggregation('SELECT COUNT(*) FROM shops GROUP BY range(age, 20, 25, 30)').query).toEqual({
      range: { age: { gte: 20, lt: 30 } },
    });
    expect(aggregation('SELECT COUNT(*) FROM shops GROUP BY histogram(age, 10)').query).toEqual({
      exists: { field: 'age' },
    });
  });

  it('keep the greatest groups for a size', () => {
    const { physical } = plan("SELECT COUNT(*) FROM shops GROUP BY terms('field'='name','size'=3)");
    const top = leaf(physical, 'top');
    expect(top.count).toBe(3);
    expect(top.keys.map((key) => key.desc)).toEqual([true, false]);
    expect(top.keys.map((key) => printExpr(key.expr))).toEqual(['COUNT', 'name']);
  });

  it('are of the rows of a condition, under the name of the filter', () => {
    const { physical } = plan('SELECT COUNT(*) FROM shops GROUP BY filter(old, age > 60)');
    const node = leaf(physical, 'aggregation');
    expect(node.query).toEqual({ range: { age: { gt: 60 } } });
    expect(node.keys.map((key) => key.column.type)).toEqual(['keyword']);
  });

  it.each([
    ["date_histogram(field='ts','interval'='1x')", /Invalid interval \[1x\]/],
    ["date_histogram(field='ts','interval'='2M')", /Invalid interval \[2M\]/],
    ["date_histogram(field='ts','interval'='1d','time_zone'='Nowhere')", /Invalid time zone/],
    ["histogram('field'='age','interval'=0)", /above 0/],
    ["histogram('field'='age')", /needs 'interval'/],
    ["histogram('field'='age','interval'=5,'min_doc_count'=0)", /groups without rows are not made/],
    ["histogram('field'='age','interval'=5,'extended_bounds'='0:9')", /groups without rows are not made/],
    ["histogram('field'='age','interval'=5,'colour'='red')", /Parameter colour is invalid/],
    ["histogram(age, 10, 5, 'x')", /does not take this argument/],
    ['range(age, 20)', /two boundaries/],
    ['range(age, 30, 20)', /must rise/],
    ["date_range(field='ts','format'='yyyy','2014','x')", /cannot read the boundary \[x\]/],
    ["month(field='ts')", /month\(\) needs two boundaries/],
    ["terms('field'='name','size'=3), age", /only GROUP BY key/],
    ["terms('field'='name','order'='sideways')", /Invalid order/],
    ["geohash_grid(field='loc', precision=13)", /Invalid geohash precision/],
    ["terms('field'='nope')", /Field \[nope\] cannot be found/],
    ['filter(old)', /takes a name and a condition/],
    ['filter(old, name)', /must be a boolean/],
    ['reverse_nested(name)', /unsupported function name: reverse_nested/],
  ])('%s is refused', (key, message) => {
    expect(() => plan(`SELECT COUNT(*) FROM shops GROUP BY ${key}`)).toThrow(message);
  });
});

describe('filters', () => {
  const point = { lat: 41.9, lon: 12.5 };

  it.each([
    [
      'GEO_BOUNDING_BOX(loc, 9.0, 50.0, 14.0, -41.0)',
      { geo_bounding_box: { loc: { top_left: { lat: 50, lon: 9 }, bottom_right: { lat: -41, lon: 14 } } } },
    ],
    ["GEO_DISTANCE(loc, '1km', 12.5, 41.9)", { geo_distance: { distance: '1km', loc: point } }],
    [
      "GEO_DISTANCE_RANGE(loc, '1m', '1km', 12.5, 41.9)",
      {
        bool: {
          filter: [{ geo_distance: { distance: '1km', loc: point } }],
          must_not: [{ geo_distance: { distance: '1m', loc: point } }],
        },
      },
    ],
    [
      'GEO_POLYGON(loc, 1, 2, 3, 4, 5, 6)',
      {
        geo_polygon: {
          loc: {
            points: [
              { lat: 2, lon: 1 },
              { lat: 4, lon: 3 },
              { lat: 6, lon: 5 },
            ],
          },
        },
      },
    ],
    ['GEO_CELL(loc, 1, 1, 1)', { geo_bounding_box: { loc: { top: 45, left: 0, bottom: 0, right: 45 } } }],
    ['GEO_CELL(loc, 1, 1, 1, true)', { geo_bounding_box: { loc: { top: 90, left: -45, bottom: -45, right: 90 } } }],
    ["GEO_INTERSECTS(area, 'POINT(1 2)')", { geo_shape: { area: { shape: 'POINT(1 2)', relation: 'intersects' } } }],
    ["name = IN_TERMS('a', 'b')", { terms: { name: ['a', 'b'] } }],
    ['IN_TERMS(age, 1, 2)', { terms: { age: [1, 2] } }],
    ["name = TERM('a')", { term: { name: { value: 'a' } } }],
    ["_id = IDS_QUERY(type, 1, 'b')", { ids: { values: ['1', 'b'] } }],
    [
      "name = REGEXP_QUERY('a.*', 'INTERSECTION|COMPLEMENT', 99)",
      { regexp: { name: { value: 'a.*', flags: 'INTERSECTION|COMPLEMENT', max_determinized_states: 99 } } },
    ],
    ["q = QUERY('note:red')", { query_string: { query: 'note:red' } }],
    ["note = MATCHPHRASE('red fox', slop=2)", { match_phrase: { note: { query: 'red fox', slop: 2 } } }],
    ["name = WILDCARDQUERY('l?e*')", { wildcard: { name: { value: 'l?e*' } } }],
    ["SCORE(note = MATCHQUERY('red'), 3)", { match: { note: { query: 'red', boost: 3 } } }],
    [
      `SCRIPT('doc["age"].value > @p', 'p'=1)`,
      { script: { script: { lang: 'painless', source: 'doc["age"].value > params.p', params: { p: 1 } } } },
    ],
    ['MISSING(age)', { bool: { must_not: [{ exists: { field: 'age' } }] } }],
    ['age IS MISSING', { bool: { must_not: [{ exists: { field: 'age' } }] } }],
    ['children(visit, age) = 5', { has_child: { type: 'visit', query: { term: { age: { value: 5 } } } } }],
    ['children(visit, age) > 5', { has_child: { type: 'visit', query: { range: { age: { gt: 5 } } } } }],
  ])('%s', (where, expected) => {
    expect(query(where)).toEqual(expected);
  });

  it.each([
    ["GEO_DISTANCE(loc, '1km', 12.5)", /Expected geo_distance\(field, '1km', longitude, latitude\)/],
    ["GEO_DISTANCE(loc, '1km', 12.5, 91)", /Invalid latitude \[91\]/],
    ['GEO_POLYGON(loc, 1, 2, 3, 4, 5, 6, 7)', /pairs/],
    ['GEO_CELL(nope, 1, 1, 1)', /Field \[nope\]/],
    ['children(visit) = 5', /Expected children/],
  ])('%s is refused', (where, message) => {
    expect(() => query(where)).toThrow(message);
  });
});

describe('metrics of one object', () => {
  it.each([
    ['STATS(age)', { stats: { field: 'age' } }],
    ['EXTENDED_STATS(age)', { extended_stats: { field: 'age' } }],
    ['PERCENTILES(age, 25, 99.9)', { percentiles: { field: 'age', percents: [25, 99.9] } }],
    ['PERCENTILES(age)', { percentiles: { field: 'age', percents: [1, 5, 25, 50, 75, 95, 99] } }],
    ['GEO_BOUNDS(loc)', { geo_bounds: { field: 'loc' } }],
    ['GEO_BOUNDS(loc, false)', { geo_bounds: { field: 'loc', wrap_longitude: false } }],
    [
      "topHits('size'=3, age='desc', 'include'='a,b', 'exclude'='c', 'from'=1)",
      {
        top_hits: {
          size: 3,
          from: 1,
          sort: [{ age: { order: 'desc', missing: '_last' } }],
          _source: { includes: ['a', 'b'], excludes: ['c'] },
        },
      },
    ],
    [
      "scripted_metric('map_script'='state.n = params.p', '@p'=3)",
      {
        scripted_metric: {
          map_script: { lang: 'painless', source: 'state.n = params.p' },
          combine_script: { lang: 'painless', source: 'return state' },
          reduce_script: { lang: 'painless', source: 'return states' },
          params: { p: 3 },
        },
      },
    ],
  ])('%s', (call, expected) => {
    const body = compositeBody(aggregation(`SELECT ${call} FROM shops GROUP BY name`), 10, undefined, 'double') as {
      aggs: { groups: { aggs: { m0: unknown } } };
    };
    expect(body.aggs.groups.aggs.m0).toEqual(expected);
  });

  it.each([
    ["SUM(script('1'))", /SUM\(script\(…\)\) is not available/],
    ['STATS(age) OVER ()', /no form over a window/],
    ["topHits('size'=1, nope='asc')", /Field \[nope\]/],
    ["topHits('size'=1, age='up')", /asc or desc/],
    ["scripted_metric('init_script'='x')", /needs 'map_script'/],
  ])('%s is refused', (call, message) => {
    expect(() => plan(`SELECT ${call} FROM shops`)).toThrow(message);
  });
});

describe('include() and exclude()', () => {
  it.each([
    ["include('a*')", ['address', 'age', 'area']],
    ["include('a*'), exclude('address.zip')", ['address.city', 'age', 'area']],
    ["include('address.c*')", ['address.city']],
    ["name, include('ts','d*')", ['name', 'ts', 'day']],
    ["*, exclude('*a*','emb','loc','note','nano')", ['ts']],
  ])('%s', (items, labels) => {
    expect([...plan(`SELECT ${items} FROM shops`).labels].sort()).toEqual([...labels].sort());
  });
});

describe('hints', () => {
  const parameters = (scan: Scan) => targetOf(scan).parameters;
  const hinted = (hint: string): SearchNode => search(`SELECT /*! ${hint} */ name FROM shops`);

  it('are parameters of each request', () => {
    expect(parameters(hinted('ROUTINGS(a, b)').scan)).toEqual({ routing: 'a,b' });
    expect(parameters(hinted("PREFERENCE('_shards:0,1')").scan)).toEqual({ preference: '_shards:0,1' });
    expect(parameters(hinted('USE_NL IGNORE_UNAVAILABLE').scan)).toEqual({ ignore_unavailable: true });
    const group = aggregation('SELECT /*! ROUTINGS(a) */ name, COUNT(*) FROM shops GROUP BY name');
    expect(parameters(group.scan)).toEqual({ routing: 'a' });
  });

  it('are shown by explain', () => {
    const { description } = explainPlan(hinted('ROUTINGS(a) IGNORE_UNAVAILABLE')).root;
    expect(description).toMatchObject({ parameters: { routing: 'a', ignore_unavailable: true } });
    expect(explainPlan(hinted('USE_NL')).root.description).not.toHaveProperty('parameters');
  });

  it('or members of the body', () => {
    const sql = `SELECT /*! POST_FILTER('{"term":{"a":"(x)"}}') */ /*! COLLAPSE('{"field":"name"}') */ name FROM shops`;
    expect(request(sql)).toMatchObject({ post_filter: { term: { a: '(x)' } }, collapse: { field: 'name' } });
  });

  it('that are unknown or of no use here mean nothing', () => {
    const hint = "NO_SUCH(1) USE_SCROLL(10,120000) HIGHLIGHT(name, pre_tags: ['<b>']) SHARD_SIZE(1)";
    expect(hinted(hint)).toMatchObject({ query: undefined });
    expect(parameters(hinted(hint).scan)).toEqual({});
  });

  it('that cannot be read are mistakes', () => {
    expect(() => hinted("POST_FILTER('x')")).toThrow(/POST_FILTER takes a JSON object/);
  });
});

describe('vectorSearch()', () => {
  const from = (option = 'k=5', alias = ' AS v'): string =>
    `FROM vectorSearch(table='shops', field='emb', vector='[0.1,0.2]', option='${option}')${alias}`;
  const knn = (sql: string): unknown => search(sql).query;
  const vector = [0.1, 0.2];

  it('is a knn query for the nearest k, in their order', () => {
    const node = search(`SELECT v._id, v._score, v.name ${from()} ORDER BY v._score DESC`);
    expect(node).toMatchObject({ query: { knn: { emb: { vector, k: 5 } } }, count: 5, offset: 0 });
    expect(node.sort).toBeUndefined();
    expect(search(`SELECT name ${from()} LIMIT 3`).count).toBe(3);
  });

  it('or for those within a distance or above a score', () => {
    expect(knn(`SELECT name ${from('max_distance=2.5')} LIMIT 3`)).toEqual({
      knn: { emb: { vector, max_distance: 2.5 } },
    });
    expect(knn(`SELECT name ${from('min_score=0.5')} LIMIT 3`)).toEqual({ knn: { emb: { vector, min_score: 0.5 } } });
  });

  it('takes WHERE inside of it, or over it', () => {
    const where = "WHERE v.age > 3 AND match(note, 'red')";
    const filter = [{ range: { age: { gt: 3 } } }, { match: { note: { query: 'red' } } }];
    expect(knn(`SELECT name ${from()} ${where}`)).toEqual({
      knn: { emb: { vector, k: 5, filter: { bool: { filter } } } },
    });
    expect(knn(`SELECT name ${from('k=5,filter_type=efficient')} WHERE v.age > 3`)).toEqual({
      knn: { emb: { vector, k: 5, filter: filter[0] } },
    });
    expect(knn(`SELECT name ${from('k=5, filter_type=post')} ${where}`)).toEqual({
      bool: { must: [{ knn: { emb: { vector, k: 5 } } }], filter },
    });
  });

  it.each([
    [`SELECT name ${from('k=5', '')}`, /needs an alias/],
    [`SELECT name ${from('k=0')}`, /from 1 to 10000/],
    [`SELECT name ${from('k=10001')}`, /from 1 to 10000/],
    [`SELECT name ${from('filter_type=post')}`, /exactly one of k/],
    [`SELECT name ${from('k=5,min_score=1')} LIMIT 1`, /exactly one of k/],
    [`SELECT name ${from('k=5,ef=1')}`, /Unknown option \[ef\]/],
    [`SELECT name ${from('k=5,filter_type=late')}`, /efficient or post/],
    [`SELECT name ${from('k=5,filter_type=post')}`, /needs a WHERE/],
    [`SELECT name ${from()} LIMIT 6`, /above the 5 neighbours/],
    [`SELECT name ${from()} LIMIT 2 OFFSET 1`, /OFFSET/],
    [`SELECT name ${from('min_score=1')}`, /needs a LIMIT/],
    [`SELECT name ${from()} ORDER BY v._score`, /_score DESC/],
    [`SELECT name ${from()} ORDER BY name`, /_score DESC/],
    [`SELECT name, COUNT(*) ${from()} GROUP BY name`, /GROUP BY/],
    [`SELECT COUNT(*) ${from()}`, /aggregates/],
    [`SELECT DISTINCT name ${from()}`, /DISTINCT/],
    [`SELECT name ${from()} WHERE v._score > 1`, /_score cannot stand/],
    [`SELECT name ${from()} WHERE LENGTH(v.name) > age`, /needs a script/],
    [`SELECT v.name ${from()} JOIN shops s ON v.name = s.name`, /a join/],
    [`SELECT name ${from()} UNION ALL SELECT name FROM shops`, /UNION/],
    [`SELECT name FROM (SELECT name ${from()}) t WHERE name = 'x'`, /a subquery/],
    [`SELECT name FROM (SELECT name ${from()}) t ORDER BY name`, /a subquery/],
    ["SELECT name FROM vectorSearch(table='shops', field='name', vector='[1]', option='k=1') AS v", /knn_vector/],
    ["SELECT name FROM vectorSearch(table='shops', field='emb', vector='x', option='k=1') AS v", /list of numbers/],
    ["SELECT name FROM vectorSearch(table='shops', field='emb', vector='[1]') AS v", /needs 'option'/],
    ["SELECT name FROM vectorSearch(table='shops', field='nope', vector='[1]', option='k=1') AS v", /Field \[nope\]/],
    ['SELECT name FROM otherFunction(1) AS v', /no table function/],
  ])('%s is refused', (sql, message) => {
    expect(() => plan(sql)).toThrow(message);
  });

  it('may be cut further outside of its subquery', () => {
    expect(search(`SELECT name FROM (SELECT name ${from()}) t LIMIT 2`).query).toEqual({
      knn: { emb: { vector, k: 5 } },
    });
  });
});

describe('spellings of the old select list', () => {
  const value = (expr: string): unknown => {
    const { physical } = plan(`SELECT ${expr}`);
    const project = physical.kind === 'limit' ? physical.input : physical;
    const [item] = (project as Extract<Physical, { kind: 'project' }>).items;
    return item!.expr.kind === 'literal' ? item!.expr.value : printExpr(item!.expr);
  };

  it.each([
    ["date_format(TIMESTAMP '2024-07-01 23:30:15', 'yyyy-MM-dd HH:mm:ss', 'Europe/Berlin')", '2024-07-02 01:30:15'],
    ["date_format(DATE '2024-01-01', 'dd.MM.yyyy', '-01:00')", '31.12.2023'],
    ["lower('ÀB', 'en')", 'àb'],
    ["upper('straße', 'de')", 'STRASSE'],
    ["assign('x')", 'x'],
    ['field(1 + 1)', 2],
  ])('%s is %s', (expr, expected) => {
    expect(value(expr)).toBe(expected);
  });

  it.each([
    ["date_format(DATE '2024-01-01', 'EEE', 'UTC')", /cannot write the pattern \[EEE\].*line 1, column/],
    ["date_format(DATE '2024-01-01', 'yyyy', 'Nowhere')", /Invalid time zone \[Nowhere\]/],
    ["lower('I', 'tr')", /the language \[tr\]/],
    ['assign(1, 2)', /unsupported function name: assign/],
  ])('%s is refused', (expr, message) => {
    expect(() => value(expr)).toThrow(message);
  });

  it('take constants where a row says so', () => {
    expect(() => plan('SELECT PERCENTILE(age, age) FROM shops')).toThrow(
      /PERCENTILE takes a constant as its argument 2/,
    );
    expect(() => plan('SELECT PERCENTILE(age, 101) FROM shops')).toThrow(/must be between 0 and 100, but is 101/);
    expect(() => plan('SELECT GEOHASH(loc, age) FROM shops')).toThrow(/GEOHASH takes a constant/);
  });
});

it('refuses search functions inside values with their place, once rows are at hand', () => {
  const { physical } = plan("SELECT age FROM shops WHERE ABS(CASE WHEN match(note, 'x') THEN 1 ELSE 2 END) > 1");
  const { predicate } = leaf(physical, 'where');
  expect(() => compileExpr(predicate, [], SESSION)).toThrow(
    "match can only be answered by a search, so it cannot stand here (line 1, column 43: 'match(note, 'x')')",
  );
});

it('pages of a cursor are not asked of collapsed hits, which the cluster has no second page of', () => {
  const collapse = `/*! COLLAPSE('{"field":"age"}') */`;
  expect(searchPlanOf(plan(`SELECT ${collapse} age FROM shops`).physical)).toBeUndefined();
  expect(searchPlanOf(plan('SELECT age FROM shops').physical)).toBeDefined();
});
