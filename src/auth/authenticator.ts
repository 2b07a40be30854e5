/** Says who a request of the job, object and select routes comes from. */
import type { IncomingHttpHeaders } from 'node:http';
import type { Identity } from '../cluster/context.ts';
import { callerIdentity, identityKey } from '../cluster/credentials.ts';
import { verifyBceAuth } from './bce-auth.ts';
import { declaredIdentity, grants, type KeyTable } from './key-table.ts';
import { AuthError, type Principal } from './principal.ts';
import { verifySdkHmac } from './sdk-hmac.ts';
import { parameter, type SignedRequest, signedRequest, type Verifier } from './signed-request.ts';
import { verifySigV4 } from './sigv4.ts';

export interface IncomingRequest {
  readonly method?: string;
  /** The target as it came. */
  readonly url?: string;
  readonly headers: IncomingHttpHeaders;
}

export interface Authenticator {
  /**
   * Throws an AuthError. `body`: the bytes as they came over the wire, before any decoding; empty without a body.
   * `project`: of the path, where it has one: the key's, and that of `X-Project-Id`, must be the same (spec dli-jobs 2).
   * Every scheme is taken on every route.
   */
  authenticate(request: IncomingRequest, body: Uint8Array, project?: string): Principal;
  /**
   * Of a stored job, after a restart: by the id of its key, or undefined for one submitted without.
   * Undefined: the key is declared no longer.
   */
  principalOf(keyId: string | undefined): Principal | undefined;
}

interface Scheme {
  readonly verify: Verifier;
  readonly claims: (request: SignedRequest, authorization: string) => boolean;
}

const SCHEMES: readonly Scheme[] = [
  { verify: verifySdkHmac, claims: (_, authorization) => /^SDK-HMAC-/i.test(authorization) },
  {
    verify: verifyBceAuth,
    claims: (request, authorization) =>
      /^bce-auth-/i.test(authorization) || parameter(request, 'authorization') !== undefined,
  },
  {
    verify: verifySigV4,
    claims: (request, authorization) =>
      /^AWS4-/i.test(authorization) || parameter(request, 'X-Amz-Signature') !== undefined,
  },
];

/** They prove something to this server, and mean nothing to the cluster. */
const OURS = /^(SDK-HMAC-|bce-auth-|AWS4-)/i;

interface AuthenticatorDeps {
  /** Asked anew each time: the file may be read again. Undefined: there is no AUTH_FILE. */
  readonly keys: () => KeyTable | undefined;
  readonly forwardHeaders: readonly string[];
  readonly bceSignedBody?: boolean;
  readonly now?: () => number;
}

export function createAuthenticator(deps: AuthenticatorDeps): Authenticator {
  const { keys, forwardHeaders, bceSignedBody = false, now = Date.now } = deps;
  function find(request: IncomingRequest, body: Uint8Array): Principal {
    const table = keys();
    if (table === undefined) return unrestricted(callersOwn(request.headers));
    const token = request.headers['x-auth-token'];
    if (token !== undefined) {
      const found = table.byToken(String(token));
      if (found === undefined) throw new AuthError('badToken', 'The token of X-Auth-Token is not known');
      return found;
    }
    const signed = signedRequest(request, body);
    const scheme = SCHEMES.find((one) => one.claims(signed, request.headers.authorization ?? ''));
    if (scheme !== undefined) {
      const { accessKey, ...proof } = scheme.verify(signed, table.secretOf, now(), { bceSignedBody });
      return { ...table.byAccessKey(accessKey)!, proof };
    }
    if (table.anonymous === undefined) {
      throw new AuthError('missing', 'The request must be signed or carry a token: see AUTH_FILE in the documentation');
    }
    return anonymous(table, callersOwn(request.headers))!;
  }

  function callersOwn(headers: IncomingHttpHeaders): Identity {
    const { authorization, ...others } = headers;
    return callerIdentity(OURS.test(authorization ?? '') ? others : headers, forwardHeaders);
  }

  return {
    authenticate(request, body, project) {
      const principal = find(request, body);
      if (project !== undefined) checkProject(principal, request.headers, project);
      return principal;
    },
    principalOf(keyId) {
      const table = keys();
      if (keyId !== undefined) return table?.byName(keyId);
      return table === undefined ? unrestricted({}) : anonymous(table, {});
    },
  };
}

function checkProject(principal: Principal, headers: IncomingHttpHeaders, project: string): void {
  const stated = headers['x-project-id'];
  if (stated !== undefined && stated !== project) {
    throw new AuthError('wrongProject', 'X-Project-Id is not the project of the path');
  }
  if (principal.project !== undefined && principal.project !== project) {
    throw new AuthError('wrongProject', `The key belongs to another project than '${project}'`);
  }
}

/** Without AUTH_FILE: the cluster decides what the caller may see. */
function unrestricted(identity: Identity): Principal {
  return {
    keyId: undefined,
    user: userOf(identity),
    project: undefined,
    identity,
    rawIdentity: identityKey(identity) !== '',
    may: () => true,
  };
}

/** The cluster user declared for such requests, else the caller's own. */
function anonymous({ anonymous: declared }: KeyTable, own: Identity): Principal | undefined {
  if (declared === undefined) return undefined;
  const identity = declared.cluster === undefined ? own : declaredIdentity(declared);
  return {
    keyId: undefined,
    user: userOf(identity),
    project: declared.project,
    identity,
    rawIdentity: declared.cluster === undefined && identityKey(identity) !== '',
    may: (right, bucket) => grants(declared.buckets, right, bucket),
  };
}

/** A name for the owner of jobs; nobody has checked it but the cluster. */
function userOf({ authorization }: Identity): string {
  const [, encoded] = /^Basic\s+([A-Za-z0-9+/=]+)$/i.exec(authorization ?? '') ?? [];
  const user = Buffer.from(encoded ?? '', 'base64')
    .toString('utf8')
    .split(':')[0]!;
  return user === '' ? 'anonymous' : user.replace(/\p{Cc}/gu, '?').slice(0, 128);
}
