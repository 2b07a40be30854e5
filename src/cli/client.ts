/** Asks a running server, as whoever the options say. */

import { signSdkHmac } from '../auth/sdk-hmac.ts';
import { signedRequest } from '../auth/signed-request.ts';
import { type Given, UsageError } from './options.ts';

/** The server said no. */
export class RefusedError extends Error {
  constructor(
    readonly status: number,
    message: string,
  ) {
    super(message);
    this.name = 'RefusedError';
  }
}

export class UnreachableError extends Error {
  constructor(server: string, cause: unknown) {
    super(`No server answers at ${server} (${reasonOf(cause)}); --server names another one`);
    this.name = 'UnreachableError';
  }
}

export type Json = Readonly<Record<string, unknown>>;

export interface Client {
  /** The answer as JSON; a refusal is an error with the server's own code and sentence. */
  json(method: string, path: string, body?: Json, signal?: AbortSignal): Promise<Json>;
  /** The answer as it comes. */
  open(method: string, path: string, body?: Json, signal?: AbortSignal): Promise<Response>;
}

type Credentials =
  | { readonly kind: 'none' }
  | { readonly kind: 'header'; readonly name: string; readonly value: string }
  | { readonly kind: 'keys'; readonly accessKey: string; readonly secretKey: string };

const SIGNED = ['content-type', 'host', 'x-sdk-date'];

export function createClient(given: Given): Client {
  const server = (given.text('server') ?? '').replace(/\/+$/, '');
  if (!/^https?:\/\//.test(server) || !URL.canParse(server))
    throw new UsageError(`--server must be an http(s) URL, not '${server}'`);
  const credentials = credentialsOf(given);

  async function open(method: string, path: string, body?: Json, signal?: AbortSignal): Promise<Response> {
    const url = new URL(server + path);
    const text = body === undefined ? undefined : JSON.stringify(body);
    const headers = { 'content-type': 'application/json', ...credentialHeaders(credentials, method, url, text ?? '') };
    let response: Response;
    try {
      response = await fetch(url, { method, headers, body: text, redirect: 'manual', signal });
    } catch (error) {
      if (signal?.aborted === true) throw signal.reason;
      throw new UnreachableError(server, error);
    }
    if (!response.ok) throw new RefusedError(response.status, refusal(response.status, await response.text()));
    return response;
  }

  return {
    open,
    async json(method, path, body, signal) {
      const answer = await (await open(method, path, body, signal)).text();
      try {
        return JSON.parse(answer) as Json;
      } catch {
        throw new RefusedError(200, `The server did not answer in JSON; is ${server} an opensearch-sql-proxy?`);
      }
    },
  };
}

function credentialsOf(given: Given): Credentials {
  const [token, accessKey, secretKey, user] = ['token', 'access-key', 'secret-key', 'user'].map((name) =>
    given.text(name),
  );
  if (token !== undefined) return { kind: 'header', name: 'x-auth-token', value: token };
  if ((accessKey === undefined) !== (secretKey === undefined))
    throw new UsageError('--access-key and --secret-key go together');
  if (accessKey !== undefined && secretKey !== undefined) return { kind: 'keys', accessKey, secretKey };
  if (user === undefined) return { kind: 'none' };
  if (!user.includes(':')) throw new UsageError('--user must be USER:PASSWORD');
  return { kind: 'header', name: 'authorization', value: `Basic ${Buffer.from(user).toString('base64')}` };
}

function credentialHeaders(credentials: Credentials, method: string, url: URL, body: string): Record<string, string> {
  switch (credentials.kind) {
    case 'none':
      return {};
    case 'header':
      return { [credentials.name]: credentials.value };
    case 'keys': {
      const date = new Date().toISOString().replace(/[-:]|\.\d+/g, '');
      const headers = { 'content-type': 'application/json', host: url.host, 'x-sdk-date': date };
      const request = signedRequest({ method, url: url.pathname + url.search, headers }, Buffer.from(body));
      return { 'x-sdk-date': date, authorization: signSdkHmac(request, SIGNED, credentials) };
    }
  }
}

/** The sentence in whichever shape the route has. */
function refusal(status: number, text: string): string {
  try {
    const body = JSON.parse(text) as Json;
    const { error } = body;
    if (typeof body.error_msg === 'string') return `${String(body.error_code)}: ${body.error_msg}`;
    if (typeof body.message === 'string') return `${String(body.code ?? status)}: ${body.message}`;
    if (typeof error === 'object' && error !== null) {
      const { type, details, reason } = error as Json;
      return `${String(type ?? status)}: ${String(details ?? reason ?? '')}`;
    }
  } catch {
    // No JSON: below.
  }
  return `The server answered with status ${status}${text === '' ? '' : `: ${text.slice(0, 300)}`}`;
}

function reasonOf(error: unknown): string {
  const { cause } = error as { readonly cause?: { readonly code?: string; readonly message?: string } };
  return cause?.code ?? cause?.message ?? (error as Error).message;
}
