/** `/_proxy/metrics`: the figures of this process for Prometheus, for those whom AUTH_FILE knows. */
import type { Authenticator, IncomingRequest } from '../auth/authenticator.ts';
import { AuthError } from '../auth/principal.ts';
import type { Metrics } from '../metrics.ts';
import type { Handler } from './passthrough.ts';
import { JSON_TYPE } from './render-error.ts';

const NOTHING = new Uint8Array();

export function createMetricsRoute(metrics: Metrics, auth: Pick<Authenticator, 'authenticate'>): Handler {
  return (request, response) => {
    request.resume();
    try {
      auth.authenticate(withBearer(request), NOTHING);
    } catch (error) {
      if (!(error instanceof AuthError)) throw error;
      refuse(response, error);
      return;
    }
    void metrics.text().then((text) => {
      response.writeHead(200, { 'content-type': metrics.contentType, 'content-length': Buffer.byteLength(text) });
      response.end(text);
    });
  };
}

/** Prometheus has its tokens sent as Bearer; on other routes a Bearer is the cluster's. */
function withBearer({ method, url, headers }: IncomingRequest): IncomingRequest {
  const [, token] = /^Bearer\s+(\S.*)$/i.exec(headers.authorization?.trim() ?? '') ?? [];
  const request = { ...(method === undefined ? {} : { method }), ...(url === undefined ? {} : { url }) };
  if (token === undefined || headers['x-auth-token'] !== undefined) return { ...request, headers };
  return { ...request, headers: { ...headers, 'x-auth-token': token } };
}

function refuse(response: Parameters<Handler>[1], { message }: AuthError): void {
  const error = { reason: 'The metrics are for callers of AUTH_FILE', details: message, type: 'SecurityException' };
  const body = JSON.stringify({ error, status: 401 }, null, 2);
  response.writeHead(401, {
    'content-type': JSON_TYPE,
    'content-length': Buffer.byteLength(body),
    'www-authenticate': 'Bearer realm="metrics"',
  });
  response.end(body);
}
