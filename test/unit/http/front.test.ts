/** Which requests go to the cluster without a look at the routes. */
import { expect, it } from 'vitest';
import { isClusterTarget } from '../../../src/http/front.ts';

const roots = new Set(['_plugins', '_proxy']);

it.each([
  '/_search',
  '/_bulk?refresh=true',
  '/_cat/indices?v',
  '/logs/_search',
  '/logs-*,-logs-1/_doc/1',
  '/v1/_search',
  '/_pluginsx/a',
])('%s is the cluster’s', (target) => expect(isClusterTarget(target, roots)).toBe(true));

it.each([
  '/',
  '/logs',
  '/_plugins',
  '/_plugins/_sql',
  '/_plugins/_sql?format=csv',
  '/_proxy/health',
  '/v1.0/project/sqls',
  '/v1/bucket/_SUCCESS',
  '/bucket/_key?select',
  '/bucket/_key?x=1&select&select-type=2',
  '/?q=/_search',
  'http://host/_search',
])('%s may be another’s', (target) => expect(isClusterTarget(target, roots)).toBe(false));
