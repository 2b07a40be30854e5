/** The ten shapes of the bench: each the SQL, and the search that a skilled person would write by hand for the same answer. */

export interface Shape {
  readonly name: string;
  readonly sql: string;
  readonly body: object;
}

export const shapesOf = (index: string): readonly Shape[] => [
  {
    name: 'point lookup',
    sql: `SELECT id, host, status, bytes FROM ${index} WHERE id = 123456`,
    body: { size: 10_000, query: { term: { id: 123456 } }, _source: ['id', 'host', 'status', 'bytes'] },
  },
  {
    name: 'filter',
    sql: `SELECT id, host, status FROM ${index} WHERE region = 'region-3' AND status = 500 AND bytes > 900000 LIMIT 100`,
    body: {
      size: 100,
      query: {
        bool: {
          filter: [{ term: { region: 'region-3' } }, { term: { status: 500 } }, { range: { bytes: { gt: 900_000 } } }],
        },
      },
      _source: ['id', 'host', 'status'],
    },
  },
  {
    name: 'sort',
    sql: `SELECT id, host, at FROM ${index} WHERE status = 404 ORDER BY at DESC LIMIT 50`,
    body: {
      size: 50,
      query: { term: { status: 404 } },
      sort: [{ at: { order: 'desc', missing: '_last' } }],
      _source: ['id', 'host', 'at'],
    },
  },
  { name: '1000 rows', sql: `SELECT * FROM ${index} LIMIT 1000`, body: { size: 1_000 } },
  { name: '10000 rows', sql: `SELECT * FROM ${index} LIMIT 10000`, body: { size: 10_000 } },
  {
    name: 'count',
    sql: `SELECT COUNT(*) FROM ${index} WHERE status = 404`,
    body: { size: 0, query: { term: { status: 404 } }, track_total_hits: true },
  },
  {
    name: 'group by one key',
    sql: `SELECT host, COUNT(*), AVG(duration) FROM ${index} GROUP BY host`,
    body: {
      size: 0,
      aggs: {
        groups: {
          terms: { field: 'host', size: 1_000, order: { _key: 'asc' } },
          aggs: { a: { avg: { field: 'duration' } } },
        },
      },
      track_total_hits: false,
    },
  },
  {
    name: 'group by two keys',
    sql: `SELECT region, status, COUNT(*), SUM(bytes) FROM ${index} GROUP BY region, status`,
    body: {
      size: 0,
      aggs: {
        groups: {
          composite: {
            size: 1_000,
            sources: [{ region: { terms: { field: 'region' } } }, { status: { terms: { field: 'status' } } }],
          },
          aggs: { s: { sum: { field: 'bytes' } } },
        },
      },
      track_total_hits: false,
    },
  },
  {
    name: 'full text',
    sql: `SELECT id, message, _score FROM ${index} WHERE match(message, 'quick silver') ORDER BY _score DESC LIMIT 20`,
    body: {
      size: 20,
      query: { match: { message: { query: 'quick silver' } } },
      _source: ['id', 'message'],
    },
  },
  {
    name: 'top-N',
    sql: `SELECT region, COUNT(*) AS n FROM ${index} GROUP BY region ORDER BY n DESC LIMIT 5`,
    body: {
      size: 0,
      aggs: { groups: { terms: { field: 'region', size: 5 } } },
      track_total_hits: false,
    },
  },
];
