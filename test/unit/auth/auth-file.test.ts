/** AUTH_FILE: what it may hold, every problem at once, no secret in any message, and what its rights mean. */
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { AuthFileError, parseAuthFile } from '../../../src/auth/auth-file.ts';
import { keyTable } from '../../../src/auth/key-table.ts';
import { isLoopback, openAuth } from '../../../src/auth/open-auth.ts';

const KEY = { name: 'ann', accessKey: 'AKANN', secretKey: 'ann-secret-key' };
const messageOf = (file: unknown): string => {
  try {
    parseAuthFile(typeof file === 'string' ? file : JSON.stringify(file), 'f.json');
  } catch (error) {
    if (error instanceof AuthFileError) return error.message;
    throw error;
  }
  return '';
};

describe('problems', () => {
  it.each([
    ['no json', '{', 'it is no JSON'],
    ['no keys', {}, 'keys: '],
    ['unknown members', { keys: [], users: [] }, 'Unrecognized key: "users"'],
    ['no name', { keys: [{ accessKey: 'AK1', secretKey: '12345678' }] }, 'keys[0].name: '],
    ['half a key', { keys: [{ name: 'a', accessKey: 'AK1' }] }, 'keys[0]: accessKey and secretKey go together'],
    ['nothing to come in by', { keys: [{ name: 'a' }] }, 'keys[0]: has neither'],
    ['a short token', { keys: [{ name: 'a', tokens: ['short'] }] }, 'keys[0].tokens[0]: must be at least 16'],
    ['an unknown right', { keys: [{ ...KEY, buckets: { b: ['delete'] } }] }, 'keys[0].buckets.b[0]'],
    ['a bad pattern', { keys: [{ ...KEY, buckets: { 'a*b': ['read'] } }] }, 'keys[0].buckets'],
    ['half a cluster user', { keys: [{ ...KEY, cluster: { username: 'u' } }] }, 'keys[0].cluster: must be'],
    [
      'a header of two lines',
      { keys: [{ ...KEY, cluster: { authorization: 'a\r\nb: c' } }] },
      'keys[0].cluster.authorization: must be printable',
    ],
    ['a name twice', { keys: [KEY, { ...KEY, accessKey: 'AK2' }] }, 'keys[1].name: another key has the same'],
    ['an access key twice', { keys: [KEY, { ...KEY, name: 'bob' }] }, 'keys[1].accessKey: another key has the same'],
  ])('%s', (_, file, message) => {
    expect(messageOf(file)).toContain(message);
  });

  it('are told all at once, without secrets', () => {
    const message = messageOf({
      keys: [
        { name: 'a b', accessKey: 'AK1', secretKey: 'hush' },
        { name: 'c', tokens: ['hush-too'] },
      ],
    });
    expect(message).toContain('3 problems');
    expect(message).not.toContain('hush');
  });
});

describe('keys', () => {
  const table = keyTable(
    parseAuthFile(
      JSON.stringify({
        keys: [
          {
            ...KEY,
            user: 'Ann',
            project: 'p1',
            buckets: { 'logs-*': ['read'], 'logs-out': ['write'], own: ['read', 'write'] },
            cluster: { username: 'svc', password: 'p:w' },
          },
          {
            name: 'bob',
            tokens: ['0123456789abcdef'],
            buckets: { '*': ['read'] },
            cluster: { authorization: 'Bearer x' },
          },
        ],
      }),
      'f.json',
    ),
  );

  it('stand for a user of the cluster', () => {
    expect(table.byAccessKey('AKANN')).toMatchObject({
      keyId: 'ann',
      user: 'Ann',
      project: 'p1',
      rawIdentity: false,
      identity: { authorization: `Basic ${Buffer.from('svc:p:w').toString('base64')}` },
    });
    expect(table.byToken('0123456789abcdef')).toMatchObject({
      keyId: 'bob',
      user: 'bob',
      project: undefined,
      identity: { authorization: 'Bearer x' },
    });
    expect(table.byName('bob')?.keyId).toBe('bob');
    expect([table.byAccessKey('none'), table.byToken('0123456789abcdeg'), table.byName('AKANN')]).toEqual([
      undefined,
      undefined,
      undefined,
    ]);
  });

  it.each([
    ['read', 'logs-1', true],
    ['write', 'logs-1', false],
    ['read', 'logs-out', true],
    ['write', 'logs-out', true],
    ['read', 'logs', false],
    ['read', 'own', true],
    ['write', 'own', true],
    ['read', 'own2', false],
  ] as const)('may %s in %s: %s', (right, bucket, may) => {
    expect(table.byName('ann')!.may(right, bucket)).toBe(may);
  });

  it('have no right that is not written', () => {
    expect(table.byName('bob')!.may('read', 'anything')).toBe(true);
    expect(table.byName('bob')!.may('write', 'anything')).toBe(false);
  });
});

describe('opening', () => {
  const folder = mkdtempSync(join(tmpdir(), 'auth-'));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  const base = { authFile: undefined, allowAnonymous: false, host: '127.0.0.1', forwardHeaders: [] };
  const request = { method: 'GET', url: '/v1/b/k', headers: {} };
  const none = new Uint8Array();

  it('is for everybody on loopback, and refused elsewhere unless asked for', () => {
    expect(openAuth(base).auth.authenticate(request, none)).toMatchObject({ keyId: undefined, user: 'anonymous' });
    expect(() => openAuth({ ...base, host: '0.0.0.0' })).toThrow('ALLOW_ANONYMOUS=true');
    expect(openAuth({ ...base, host: '0.0.0.0', allowAnonymous: true }).warnings).toEqual([]);
  });

  it.each([
    ['127.0.0.1', true],
    ['127.9.9.9', true],
    ['::1', true],
    ['localhost', true],
    ['0.0.0.0', false],
    ['::', false],
    ['10.0.0.1', false],
    ['localhost.example.com', false],
  ])('knows whether %s is loopback: %s', (host, loopback) => {
    expect(isLoopback(host)).toBe(loopback);
  });

  it('reads the file again when told, keeps the old one when the new has problems, and warns of open files', () => {
    const path = join(folder, 'auth.json');
    const write = (file: unknown): void => writeFileSync(path, JSON.stringify(file));
    const token = (value: string) => ({ ...request, headers: { 'x-auth-token': value } });
    write({ keys: [{ name: 'a', tokens: ['token-of-a-000000'] }] });
    chmodSync(path, 0o600);
    const { auth, warnings } = openAuth({ ...base, authFile: path, host: '0.0.0.0' });
    expect(warnings).toEqual([]);
    expect(auth.authenticate(token('token-of-a-000000'), none).keyId).toBe('a');
    write({ keys: [{ name: 'b', tokens: ['token-of-b-000000'] }] });
    chmodSync(path, 0o644);
    expect(auth.reload()).toEqual([expect.stringContaining('chmod 600')]);
    expect(auth.authenticate(token('token-of-b-000000'), none).keyId).toBe('b');
    expect(() => auth.authenticate(token('token-of-a-000000'), none)).toThrow('X-Auth-Token is not known');
    writeFileSync(path, '{');
    expect(() => auth.reload()).toThrow('it is no JSON');
    expect(auth.authenticate(token('token-of-b-000000'), none).keyId).toBe('b');
    expect(() => openAuth({ ...base, authFile: join(folder, 'none.json') })).toThrow('it cannot be read (ENOENT)');
  });
});
