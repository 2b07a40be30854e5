/** The settings: every default is valid, every problem is told at once, only look-alikes of ours are refused. */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { SETTINGS } from '../../src/config/settings.ts';
import { findUnknownNames } from '../../src/config/unknown-names.ts';
import { parseDuration, parseSize, withoutPassword } from '../../src/config/values.ts';
import { ConfigError, loadConfig, settingsHelp, settingsMarkdown } from '../../src/config.ts';
import { editDistance } from '../../translators/algebra/edit-distance.ts';

function problems(env: Record<string, string>): readonly string[] {
  try {
    loadConfig(env);
  } catch (error) {
    if (error instanceof ConfigError) return error.problems;
    throw error;
  }
  return [];
}

describe('loadConfig', () => {
  it('has a value for every setting of an empty environment', () => {
    const config = loadConfig({});
    expect(config).toMatchObject({
      host: '127.0.0.1',
      port: 9280,
      opensearchUrl: [],
      opensearchTlsVerify: true,
      querySizeLimit: 10_000,
      cursorKeepAlive: 60_000,
      maxPageBytes: 4 * 1024 * 1024,
      total: 'matching',
      sqlDeleteEnabled: false,
    });
    expect(config.storageUrl).toMatch(/^file:\/.*\/data\/objects$/);
  });

  it('reads what is set, and takes an empty variable for an absent one', () => {
    const config = loadConfig({
      OPENSEARCH_URL: 'http://a:9200/, https://u:p@b:9200/path',
      PORT: '',
      DATA_DIR: '/var/x',
      TOTAL: 'Returned',
      OPENSEARCH_TLS_VERIFY: 'no',
      QUERY_TIMEOUT: '1.5m',
      FORWARD_HEADERS: 'X-Tenant, x-b',
    });
    expect(config.opensearchUrl).toEqual(['http://a:9200', 'https://u:p@b:9200/path']);
    expect(config).toMatchObject({
      port: 9280,
      storageUrl: 'file:/var/x/objects',
      total: 'returned',
      opensearchTlsVerify: false,
    });
    expect(config).toMatchObject({ queryTimeout: 90_000, forwardHeaders: ['x-tenant', 'x-b'] });
  });

  it('lists all problems', () => {
    const found = problems({
      PORT: '99999',
      QUERY_TIMEOUT: '5 minutes',
      MAX_PAGE_BYTES: '16',
      LOG_LEVEL: 'loud',
      OPENSEARCH_URL: 'ftp://user:secret@x',
      OPENSEARCH_URI: 'http://x',
      SECRET_KEY: 'short',
    });
    expect(found).toHaveLength(7);
    expect(found.join('\n')).toContain("PORT must be a whole number from 0 to 65535 (it is '99999')");
    expect(found.join('\n')).toContain('OPENSEARCH_URI is no setting; did you mean OPENSEARCH_URL?');
    expect(found.join('\n')).toContain("LOG_LEVEL must be one of error, warn, info, debug, silent (it is 'loud')");
    expect(found.join('\n')).not.toContain('secret@');
    expect(found.join('\n')).not.toContain('short');
  });

  it('wants a user with a password', () => {
    expect(problems({ OPENSEARCH_PASSWORD: 'x' })).toEqual(['OPENSEARCH_PASSWORD is set without OPENSEARCH_USERNAME']);
  });
});

describe('unknown names', () => {
  const known = SETTINGS.map((setting) => setting.env);
  it.each([
    ['OPENSEARCH_URI', 'OPENSEARCH_URL'],
    ['OPENSEARCH_USER', 'OPENSEARCH_USERNAME'],
    ['QUERY_SIZE_LIMITS', 'QUERY_SIZE_LIMIT'],
    ['LOG_LEVLE', 'LOG_LEVEL'],
    ['opensearch_url', 'OPENSEARCH_URL'],
  ])('refuses %s', (name, nearest) => {
    expect(findUnknownNames([name], known)).toEqual([{ name, nearest }]);
  });

  it.each([
    'PATH',
    'HOME',
    'HOSTNAME',
    'host',
    'XDG_DATA_DIRS',
    'JAVA_HOME',
    'SQL_SA_PASSWORD',
    'OPENSEARCH_JAVA_OPTS',
    'OPENSEARCH_INITIAL_ADMIN_PASSWORD',
    'OPENSEARCH_SERVICE_HOST',
    'OPENSEARCH_PORT_9200_TCP_ADDR',
    'OPENSEARCH_CLUSTER_MASTER_SERVICE_PORT_HTTP',
    'PORTS',
  ])('leaves %s alone', (name) => {
    expect(findUnknownNames([name], known)).toEqual([]);
  });
});

describe('values', () => {
  it.each([
    ['0', 0],
    ['250ms', 250],
    ['30s', 30_000],
    ['5m', 300_000],
    ['1.5h', 5_400_000],
    ['2d', 172_800_000],
    ['30', undefined],
    ['s', undefined],
    ['-1s', undefined],
  ])('duration %s', (text, wanted) => expect(parseDuration(text)).toBe(wanted));

  it.each([
    ['0', 0],
    ['512b', 512],
    ['16mb', 16 * 1024 ** 2],
    ['1.5 GB', 1.5 * 1024 ** 3],
    ['16', undefined],
    ['16mib', undefined],
  ])('size %s', (text, wanted) => expect(parseSize(text)).toBe(wanted));

  it('distances and masks', () => {
    expect(editDistance('abcd', 'abdc')).toBe(1);
    expect(editDistance('kitten', 'sitting')).toBe(3);
    expect(withoutPassword('https://u:p@h:1/x')).toBe('https://u:***@h:1/x');
  });
});

describe('the printed table', () => {
  it('has a row for each setting, and no secret default', () => {
    const rows = settingsMarkdown().trim().split('\n').slice(2);
    expect(rows).toHaveLength(SETTINGS.length);
    expect(rows[0]).toBe('| `HOST` | `127.0.0.1` | Address to listen on; `0.0.0.0` for all. |');
    for (const setting of SETTINGS) expect(settingsHelp()).toContain(`  ${setting.env} `);
  });
});

it('is what docs/settings.md shows', () => {
  expect(readFileSync('docs/settings.md', 'utf8')).toContain(settingsMarkdown());
});
