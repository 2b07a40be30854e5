/** The small parts of the cluster's side: capabilities, index paths, mapping changes, identities, remote mappings. */
import { describe, expect, it } from 'vitest';
import { ASSUMED, capabilitiesOf } from '../../../src/cluster/capabilities.ts';
import { callerIdentity, identityKey, serviceIdentity } from '../../../src/cluster/credentials.ts';
import { indexParts, indexPath, isRemote } from '../../../src/cluster/index-path.ts';
import { mayChangeMappings } from '../../../src/cluster/mapping-changes.ts';
import { mappingFromFieldCaps } from '../../../src/cluster/remote-mapping.ts';
import { loadConfig } from '../../../src/config.ts';

describe('capabilities', () => {
  const of = (number: string, more: object = {}) => capabilitiesOf({ version: { number, ...more } });
  const opensearch = { distribution: 'opensearch' };
  it.each([
    ['3.8.0', opensearch, 'opensearch', 'opensearch', true],
    ['2.19.1', opensearch, 'opensearch', 'opensearch', true],
    ['2.3.0', opensearch, 'opensearch', 'none', true],
    ['1.3.2', opensearch, 'opensearch', 'none', false],
    ['7.10.2', opensearch, 'opensearch', 'none', false],
    ['7.10.2', { build_flavor: 'oss' }, 'elasticsearch', 'none', false],
    ['7.10.2', { build_flavor: 'unknown' }, 'elasticsearch', 'none', false],
    ['7.10.2', { build_flavor: 'default' }, 'elasticsearch', 'elasticsearch', false],
    ['7.17.9', { build_flavor: 'default' }, 'elasticsearch', 'elasticsearch', true],
    ['8.14.0', { build_flavor: 'default' }, 'elasticsearch', 'elasticsearch', true],
    ['7.9.3', { build_flavor: 'oss' }, 'elasticsearch', 'none', false],
    ['3.0.0-alpha1-SNAPSHOT', opensearch, 'opensearch', 'opensearch', true],
  ])('%s %o', (number, more, engine, pointInTime, multiTerms) => {
    expect(of(number, more)).toMatchObject({ engine, pointInTime, multiTerms });
  });
  it('says nothing of what is no cluster', () => {
    expect(capabilitiesOf({ hello: 1 })).toBeUndefined();
    expect(capabilitiesOf(null)).toBeUndefined();
    expect(ASSUMED.pointInTime).toBe('opensearch');
  });
});

describe('index paths', () => {
  it.each([
    ['a', 'a'],
    ['logs-*,-logs-x', 'logs-*,-logs-x'],
    ['<logs-{now/d}>,b', '%3Clogs-%7Bnow%2Fd%7D%3E,b'],
    ['<a-{now/d{yyyy,MM}}>', '%3Ca-%7Bnow%2Fd%7Byyyy%2CMM%7D%7D%3E'],
    ['east:logs*', 'east%3Alogs*'],
    ['_all', '_all'],
    ['größe', 'gr%C3%B6%C3%9Fe'],
    ['a/_delete_by_query', 'a%2F_delete_by_query'],
    ['a?x', 'a%3Fx'],
  ])('%s', (expression, path) => expect(indexPath(expression)).toBe(path));

  it.each(['', ' ', '_cluster', 'a,_search', '..', '.'])('refuses %j', (expression) => {
    expect(() => indexPath(expression)).toThrow(/is no name of an index/);
  });

  it('tells other clusters from date math', () => {
    expect(indexParts('a, <x-{now/d{HH:mm}}>,c:i').map(isRemote)).toEqual([false, false, true]);
  });
});

describe('mayChangeMappings', () => {
  it.each([
    ['PUT', '/a', true],
    ['DELETE', '/a', true],
    ['POST', '/_bulk', true],
    ['POST', '/a/_bulk?refresh', true],
    ['POST', '/a/_doc', true],
    ['PUT', '/a/_mapping', true],
    ['POST', '/_aliases', true],
    ['POST', '/_reindex', true],
    ['PUT', '/_index_template/t', true],
    ['POST', '/a/_update/1', true],
    ['PUT', '/_plugins/_security/api/roles/r', true],
    ['POST', '/a/_search', false],
    ['POST', '/_search/scroll', false],
    ['POST', '/_msearch', false],
    ['DELETE', '/_search/point_in_time', false],
    ['GET', '/a', false],
    ['HEAD', '/a', false],
  ])('%s %s', (method, path, wanted) => expect(mayChangeMappings(method, path)).toBe(wanted));
});

describe('identity', () => {
  it('takes what says who the caller is, and no claims to be another', () => {
    const identity = callerIdentity(
      {
        authorization: 'Basic x',
        cookie: 'a=1',
        securitytenant: 't',
        'x-proxy-user': 'admin',
        opendistro_security_impersonate_as: 'admin',
        'x-mine': '1',
        accept: '*/*',
      },
      ['x-mine', 'x-proxy-user'],
    );
    expect(identity).toEqual({ authorization: 'Basic x', cookie: 'a=1', securitytenant: 't', 'x-mine': '1' });
  });

  it('keys callers apart, and not their requests', () => {
    const a = identityKey({ authorization: 'a', 'x-opaque-id': '1' });
    expect(identityKey({ authorization: 'a', 'x-opaque-id': '2' })).toBe(a);
    expect(identityKey({ authorization: 'b' })).not.toBe(a);
    expect(a).not.toContain('authorization');
    expect(identityKey({})).toBe('');
  });

  it('has a user of its own from the settings or the URL', () => {
    const basic = (text: string) => ({ authorization: `Basic ${Buffer.from(text).toString('base64')}` });
    expect(serviceIdentity(loadConfig({}))).toEqual({});
    expect(serviceIdentity(loadConfig({ OPENSEARCH_URL: 'http://u:p%40@h' }))).toEqual(basic('u:p@'));
    const both = { OPENSEARCH_URL: 'http://u:p@h', OPENSEARCH_USERNAME: 'me', OPENSEARCH_PASSWORD: 'ü' };
    expect(serviceIdentity(loadConfig(both))).toEqual(basic('me:ü'));
  });
});

it('rebuilds a mapping from field_caps', () => {
  const caps = (type: string) => ({ [type]: { type } });
  const fields = {
    _id: caps('_id'),
    'name.keyword': caps('keyword'),
    name: caps('text'),
    'o.a': caps('long'),
    o: caps('object'),
    'n.x': caps('date'),
    n: caps('nested'),
    'implied.y': caps('ip'),
  };
  expect(mappingFromFieldCaps({ fields })).toEqual({
    properties: {
      name: { type: 'text', fields: { keyword: { type: 'keyword' } } },
      o: { properties: { a: { type: 'long' } } },
      n: { type: 'nested', properties: { x: { type: 'date' } } },
      implied: { properties: { y: { type: 'ip' } } },
    },
  });
});
