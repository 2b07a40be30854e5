/** Functions in WHERE, GROUP BY and SELECT, each beside the search that a skilled person would write for the same answer. */
import type { Shape } from './shapes.ts';

const day = (from: string, to: string): object => ({ range: { at: { gte: from, lt: to } } });
const columns = ['id', 'host'];

export const functionShapesOf = (index: string): readonly Shape[] => [
  {
    name: 'WHERE DATE(at) =',
    sql: `SELECT id, host FROM ${index} WHERE DATE(at) = '2024-02-10' LIMIT 100`,
    body: { size: 100, query: day('2024-02-10', '2024-02-11'), _source: columns },
  },
  {
    name: 'WHERE YEAR(at) = AND MONTH(at) =',
    sql: `SELECT COUNT(*) FROM ${index} WHERE YEAR(at) = 2024 AND MONTH(at) = 2`,
    body: { size: 0, query: day('2024-02-01', '2024-03-01'), track_total_hits: true },
  },
  {
    name: "WHERE DATE_FORMAT(at, '%Y-%m-%d') IN",
    sql: `SELECT COUNT(*) FROM ${index} WHERE DATE_FORMAT(at, '%Y-%m-%d') IN ('2024-01-05', '2024-02-10')`,
    body: {
      size: 0,
      query: { bool: { should: [day('2024-01-05', '2024-01-06'), day('2024-02-10', '2024-02-11')] } },
      track_total_hits: true,
    },
  },
  {
    name: 'WHERE DATE_ADD(at, INTERVAL) <',
    sql: `SELECT id, host FROM ${index} WHERE DATE_ADD(at, INTERVAL 7 DAY) < '2024-01-20 12:00:00' LIMIT 100`,
    body: { size: 100, query: { range: { at: { lt: '2024-01-13T12:00:00Z' } } }, _source: columns },
  },
  {
    name: 'WHERE UPPER(region) =',
    sql: `SELECT id, host FROM ${index} WHERE UPPER(region) = 'REGION-3' LIMIT 100`,
    body: { size: 100, query: { term: { region: { value: 'REGION-3', case_insensitive: true } } }, _source: columns },
  },
  {
    name: 'WHERE LEFT(path, n) =',
    sql: `SELECT id, host FROM ${index} WHERE LEFT(path, 16) = '/api/v1/items/12' LIMIT 100`,
    body: { size: 100, query: { prefix: { path: '/api/v1/items/12' } }, _source: columns },
  },
  {
    name: 'WHERE LENGTH(path) =',
    sql: `SELECT COUNT(*) FROM ${index} WHERE LENGTH(path) = 16`,
    body: { size: 0, query: { regexp: { path: '.{16}' } }, track_total_hits: true },
  },
  {
    name: 'WHERE bytes / 1000 =',
    sql: `SELECT id, host FROM ${index} WHERE bytes / 1000 = 500 LIMIT 100`,
    body: { size: 100, query: { range: { bytes: { gte: 500_000, lt: 501_000 } } }, _source: columns },
  },
  {
    name: 'WHERE ROUND(duration * 2, 1) >',
    sql: `SELECT COUNT(*) FROM ${index} WHERE ROUND(duration * 2, 1) > 1999`,
    body: { size: 0, query: { range: { duration: { gte: 999.525 } } }, track_total_hits: true },
  },
  {
    name: 'GROUP BY DATE(at)',
    sql: `SELECT DATE(at), COUNT(*), AVG(duration) FROM ${index} GROUP BY DATE(at)`,
    body: {
      size: 0,
      aggs: {
        days: {
          date_histogram: { field: 'at', calendar_interval: 'day' },
          aggs: { a: { avg: { field: 'duration' } } },
        },
      },
      track_total_hits: false,
    },
  },
  {
    name: "GROUP BY DATE_FORMAT(at, '%Y-%m')",
    sql: `SELECT DATE_FORMAT(at, '%Y-%m'), SUM(bytes) FROM ${index} GROUP BY DATE_FORMAT(at, '%Y-%m')`,
    body: {
      size: 0,
      aggs: {
        months: {
          date_histogram: { field: 'at', calendar_interval: 'month', format: 'yyyy-MM' },
          aggs: { s: { sum: { field: 'bytes' } } },
        },
      },
      track_total_hits: false,
    },
  },
  {
    name: 'GROUP BY HOUR(at), a script',
    sql: `SELECT HOUR(at), COUNT(*) FROM ${index} GROUP BY HOUR(at)`,
    body: {
      size: 0,
      aggs: { hours: { terms: { script: { source: "doc['at'].value.getHour()" }, size: 24, value_type: 'long' } } },
      track_total_hits: false,
    },
  },
  {
    name: 'functions in SELECT',
    sql: `SELECT id, UPPER(host), YEAR(at), ROUND(duration, 1) FROM ${index} LIMIT 1000`,
    body: { size: 1_000, _source: ['id', 'host', 'at', 'duration'] },
  },
];
