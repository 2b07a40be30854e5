/** Who the cluster says that a caller is: its several ways, what is no answer, and how long one is kept. */
import { describe, expect, it } from 'vitest';
import { accessWarnings } from '../../../src/cluster/access-warnings.ts';
import { createClusterUsers } from '../../../src/cluster/cluster-user.ts';
import { loadConfig } from '../../../src/config.ts';
import { SqlError } from '../../../translators/errors.ts';

interface Answer {
  readonly status: number;
  readonly text: string;
}

const NO_HANDLER: Answer = { status: 400, text: '{"error":"no handler found for uri [/x] and method [GET]"}' };

function usersOf(answers: (path: string) => Answer | Error, engine: 'opensearch' | 'elasticsearch' = 'opensearch') {
  const asked: string[] = [];
  let clock = 0;
  const users = createClusterUsers({
    get: async (path) => {
      asked.push(path);
      const answer = answers(path);
      if (answer instanceof Error) throw answer;
      return { ...answer, headers: {} };
    },
    engine: async () => engine,
    now: () => clock,
  });
  return {
    asked,
    pass: (milliseconds: number) => {
      clock += milliseconds;
    },
    of: (authorization?: string) =>
      users.of({ identity: authorization === undefined ? {} : { authorization }, calls: [] }),
  };
}

const ok = (body: object): Answer => ({ status: 200, text: JSON.stringify(body) });

describe('the name', () => {
  const realm = { authentication_realm: { name: 'file1', type: 'file' } };
  it.each<readonly [string, object, string | undefined]>([
    ['of the security plugin', { user: 'User [name=anna]', user_name: 'anna' }, '["anna"]'],
    ['of a realm', { username: 'anna', ...realm }, '["anna","file","file1"]'],
    [
      'of an API key, which is not its owner',
      { username: 'anna', ...realm, api_key: { id: 'k1' } },
      '["api key","k1"]',
    ],
    ['that is missing', { anything: 1 }, undefined],
    ['that is no text', { user_name: 7 }, undefined],
  ])('%s', async (_, body, wanted) => {
    expect(await usersOf(() => ok(body)).of('a')).toBe(wanted);
  });

  it('is unlike another, however it is written', async () => {
    const a = await usersOf(() => ok({ username: 'a', authentication_realm: { type: 'b', name: 'c' } })).of();
    const b = await usersOf(() => ok({ username: 'a","b', authentication_realm: { type: '', name: 'c' } })).of();
    expect(a).not.toBe(b);
  });
});

describe('the way', () => {
  it('goes on to the next route where there is none, and remembers that there is none', async () => {
    const users = usersOf(() => NO_HANDLER);
    expect(await users.of('a')).toBeUndefined();
    expect(users.asked).toHaveLength(3);
    expect(await users.of('b')).toBeUndefined();
    expect(users.asked).toHaveLength(4);
    users.pass(61_000);
    await users.of('b');
    expect(users.asked).toHaveLength(7);
  });

  it.each([
    ['elasticsearch', '/_security/_authenticate'],
    ['opensearch', '/_plugins/_security/authinfo'],
  ] as const)('begins with that of %s', async (engine, path) => {
    const users = usersOf(() => ok({ user_name: 'a' }), engine);
    await users.of('a');
    expect(users.asked).toEqual([path]);
  });

  it.each([
    [401, 'Unauthorized'],
    [403, 'no permissions'],
    [400, 'a header that cannot be read'],
    [500, 'broken'],
    [503, 'OpenSearch Security not initialized.'],
  ])('takes status %i for no answer', async (status, text) => {
    await expect(usersOf(() => ({ status, text })).of('a')).rejects.toBeInstanceOf(SqlError);
  });

  it.each([
    [405, 'Incorrect HTTP method for uri [/_security/_authenticate] and method [GET], allowed: [POST]'],
    [404, ''],
    [500, 'Security must be explicitly enabled when using a [basic] license.'],
    [401, `{"Message":"Your request: '/_plugins/_security/authinfo' is not allowed."}`],
  ])('takes status %i with its words for a cluster without users', async (status, text) => {
    expect(await usersOf(() => ({ status, text })).of('a')).toBeUndefined();
  });
});

describe('an answer', () => {
  it('is kept for five seconds, for each caller by itself, and asked for once at a time', async () => {
    const users = usersOf(() => ok({ user_name: 'a' }));
    await Promise.all([users.of('a'), users.of('a'), users.of('b')]);
    expect(users.asked).toHaveLength(2);
    users.pass(4_999);
    await users.of('a');
    expect(users.asked).toHaveLength(2);
    users.pass(2);
    await users.of('a');
    expect(users.asked).toHaveLength(3);
  });

  it('that refuses is not kept', async () => {
    let refuses = true;
    const users = usersOf(() => (refuses ? { status: 401, text: '' } : ok({ user_name: 'a' })));
    await expect(users.of('a')).rejects.toThrow();
    refuses = false;
    expect(await users.of('a')).toBe('["a"]');
  });

  it('is missed while the cluster is away, unless it had no users', async () => {
    let away = false;
    let named = true;
    const users = usersOf(() =>
      away ? new SqlError('clusterUnreachable', 'away') : named ? ok({ user_name: 'a' }) : NO_HANDLER,
    );
    await users.of('a');
    away = true;
    users.pass(10_000);
    await expect(users.of('a')).rejects.toThrow('away');
    [away, named] = [false, false];
    expect(await users.of('a')).toBeUndefined();
    away = true;
    users.pass(10_000);
    expect(await users.of('a')).toBeUndefined();
    // Once it has users, that no longer holds.
    [away, named] = [false, true];
    users.pass(10_000);
    await users.of('a');
    away = true;
    users.pass(10_000);
    await expect(users.of('a')).rejects.toThrow('away');
  });
});

describe('the start warns', () => {
  const warnings = (env: Record<string, string>, user: string | undefined | Error) =>
    accessWarnings(loadConfig(env), {
      user: async () => {
        if (user instanceof Error) throw user;
        return user;
      },
    });

  it('where nothing tells callers apart', async () => {
    expect(await warnings({}, undefined)).toEqual([expect.stringMatching(/no AUTH_FILE.*names no user/)]);
    expect(await warnings({ AUTH_FILE: 'keys.json' }, undefined)).toEqual([]);
    expect(await warnings({}, 'a user')).toEqual([]);
    expect(await warnings({}, new Error('401'))).toEqual([]);
  });

  it('where a certificate gives rights to callers without credentials', async () => {
    const env = { AUTH_FILE: 'f', OPENSEARCH_CLIENT_CERT: 'c', OPENSEARCH_CLIENT_KEY: 'k' };
    expect(await warnings(env, 'the proxy')).toEqual([expect.stringMatching(/OPENSEARCH_CLIENT_CERT/)]);
    expect(await warnings(env, undefined)).toEqual([]);
    expect(await warnings(env, new Error('401'))).toEqual([]);
  });
});
