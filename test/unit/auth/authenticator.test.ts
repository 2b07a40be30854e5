/** Who a request comes from: tokens, projects, requests without a key, and the credentials of the cluster. */
import { describe, expect, it } from 'vitest';
import { parseAuthFile } from '../../../src/auth/auth-file.ts';
import { type Authenticator, createAuthenticator } from '../../../src/auth/authenticator.ts';
import { keyTable } from '../../../src/auth/key-table.ts';
import { AuthError } from '../../../src/auth/principal.ts';

const none = new Uint8Array();
const BASIC = `Basic ${Buffer.from('ann:pw').toString('base64')}`;
const SIGNED = 'SDK-HMAC-SHA256 Access=AK, SignedHeaders=host, Signature=00';
const get = (headers: Record<string, string>) => ({ method: 'GET', url: '/v1.0/p1/jobs', headers });
const authenticator = (file?: unknown): Authenticator => {
  const table = file === undefined ? undefined : keyTable(parseAuthFile(JSON.stringify(file), 'f.json'));
  return createAuthenticator({ keys: () => table, forwardHeaders: ['x-tenant'] });
};
const faultOf = (work: () => unknown): string => {
  try {
    work();
  } catch (error) {
    if (error instanceof AuthError) return error.fault;
    throw error;
  }
  return 'none';
};

describe('without AUTH_FILE', () => {
  const auth = authenticator();

  it('the cluster decides, by the credentials of the caller, which are held in memory only', () => {
    const principal = auth.authenticate(get({ authorization: BASIC, 'x-tenant': 't', 'x-other': 'o' }), none, 'p1');
    expect(principal).toMatchObject({ keyId: undefined, user: 'ann', project: undefined, rawIdentity: true });
    expect(principal.identity).toEqual({ authorization: BASIC, 'x-tenant': 't' });
    expect(principal.may('write', 'any')).toBe(true);
  });

  it('no credentials are none to lose', () => {
    expect(auth.authenticate(get({ 'x-opaque-id': 'trace' }), none)).toMatchObject({
      user: 'anonymous',
      rawIdentity: false,
    });
    expect(auth.principalOf(undefined)).toMatchObject({ identity: {}, rawIdentity: false });
    expect(auth.principalOf('gone')).toBeUndefined();
  });

  it('signatures for this server are not shown to the cluster', () => {
    for (const authorization of [SIGNED, 'bce-auth-v1/a/b/c/d/e', 'AWS4-HMAC-SHA256 Credential=x']) {
      expect(auth.authenticate(get({ authorization }), none)).toMatchObject({ identity: {}, rawIdentity: false });
    }
  });
});

describe('with AUTH_FILE', () => {
  const keys = [
    { name: 'one', tokens: ['token-number-one'], project: 'p1', cluster: { username: 'svc', password: 'x' } },
    { name: 'all', tokens: ['token-number-two'] },
  ];
  const auth = authenticator({ keys });
  const token = { 'x-auth-token': 'token-number-one' };

  it('a token is its key', () => {
    expect(auth.authenticate(get(token), none)).toMatchObject({ keyId: 'one', rawIdentity: false });
    expect(faultOf(() => auth.authenticate(get({ 'x-auth-token': 'token-number-0ne' }), none))).toBe('badToken');
    expect(faultOf(() => auth.authenticate(get({ 'x-auth-token': '' }), none))).toBe('badToken');
  });

  it('a token decides, also beside a signature', () => {
    expect(auth.authenticate(get({ ...token, authorization: SIGNED }), none).keyId).toBe('one');
  });

  it('neither the credentials of the caller nor nothing is a key', () => {
    expect(faultOf(() => auth.authenticate(get({}), none))).toBe('missing');
    expect(faultOf(() => auth.authenticate(get({ authorization: BASIC }), none))).toBe('missing');
    expect(faultOf(() => auth.authenticate({ ...get({}), url: '/%zz' }, none))).toBe('unreadable');
  });

  it('the credentials of the caller do not come with those of the key', () => {
    const principal = auth.authenticate(get({ ...token, authorization: BASIC, cookie: 'c', 'x-tenant': 't' }), none);
    expect(Object.keys(principal.identity)).toEqual(['authorization']);
    expect(principal.identity.authorization).not.toBe(BASIC);
  });

  it('a key of a project sees no other, and says no other', () => {
    expect(auth.authenticate(get(token), none, 'p1').keyId).toBe('one');
    expect(auth.authenticate(get({ ...token, 'x-project-id': 'p1' }), none, 'p1').keyId).toBe('one');
    expect(faultOf(() => auth.authenticate(get(token), none, 'p2'))).toBe('wrongProject');
    expect(faultOf(() => auth.authenticate(get({ ...token, 'x-project-id': 'p2' }), none, 'p1'))).toBe('wrongProject');
    const all = { 'x-auth-token': 'token-number-two' };
    expect(auth.authenticate(get(all), none, 'p2').keyId).toBe('all');
    expect(faultOf(() => auth.authenticate(get({ ...all, 'x-project-id': 'p1' }), none, 'p2'))).toBe('wrongProject');
  });

  it('stored jobs find their key again, but not a key that is gone', () => {
    expect(auth.principalOf('one')).toMatchObject({ keyId: 'one', project: 'p1' });
    expect(auth.principalOf('gone')).toBeUndefined();
    expect(auth.principalOf(undefined)).toBeUndefined();
  });

  it('requests without a key have the rights that are declared for them', () => {
    const open = authenticator({ keys, anonymous: { buckets: { open: ['read'] }, project: 'p9' } });
    const principal = open.authenticate(get({ authorization: BASIC }), none, 'p9');
    expect(principal).toMatchObject({ keyId: undefined, user: 'ann', rawIdentity: true });
    expect([principal.may('read', 'open'), principal.may('write', 'open'), principal.may('read', 'x')]).toEqual([
      true,
      false,
      false,
    ]);
    expect(faultOf(() => open.authenticate(get({}), none, 'p1'))).toBe('wrongProject');
    expect(faultOf(() => open.authenticate(get({ 'x-auth-token': 'wrong-token-wrong' }), none))).toBe('badToken');
    const declared = authenticator({ keys, anonymous: { cluster: { authorization: 'Bearer x' } } });
    expect(declared.authenticate(get({ authorization: BASIC }), none)).toMatchObject({
      identity: { authorization: 'Bearer x' },
      rawIdentity: false,
    });
    expect(declared.principalOf(undefined)?.identity).toEqual({ authorization: 'Bearer x' });
  });
});
