/** Tells the faults of a connection apart: never connected, broken on the way, too slow. */
import type { SqlErrorData } from '../../translators/errors.ts';

type FaultKind = 'connect' | 'connectTimeout' | 'timeout' | 'broken';

const KINDS: Readonly<Record<string, FaultKind>> = {
  ECONNREFUSED: 'connect',
  ENOTFOUND: 'connect',
  EAI_AGAIN: 'connect',
  EHOSTUNREACH: 'connect',
  ENETUNREACH: 'connect',
  EADDRNOTAVAIL: 'connect',
  ETIMEDOUT: 'connectTimeout',
  UND_ERR_CONNECT_TIMEOUT: 'connectTimeout',
  UND_ERR_HEADERS_TIMEOUT: 'timeout',
  UND_ERR_BODY_TIMEOUT: 'timeout',
};

export interface Fault {
  readonly kind: FaultKind;
  readonly sentence: string;
}

export function faultOf(error: unknown): Fault {
  const first = error instanceof AggregateError && error.errors.length > 0 ? error.errors[0] : error;
  const code = codeOf(first);
  const message = first instanceof Error ? first.message : String(first);
  const tls = /^(ERR_TLS|CERT_|DEPTH_ZERO|SELF_SIGNED|UNABLE_TO|EPROTO|ERR_SSL)/.test(code);
  return { kind: tls ? 'connect' : (KINDS[code] ?? 'broken'), sentence: message || code };
}

/** No byte of the request reached a node, so that trying another is safe for any method. */
export function neverSent(fault: Fault): boolean {
  return fault.kind === 'connect' || fault.kind === 'connectTimeout';
}

export function isTimeout(fault: Fault): boolean {
  return fault.kind === 'connectTimeout' || fault.kind === 'timeout';
}

/** What a client is told of it. */
export function faultDetails(
  fault: Fault,
  url: string,
): SqlErrorData & { readonly code: 'clusterTimeout' | 'clusterUnreachable' } {
  const where = `The cluster at ${url}`;
  return isTimeout(fault)
    ? { code: 'clusterTimeout', details: `${where} did not answer in time: ${fault.sentence}` }
    : { code: 'clusterUnreachable', details: `${where} cannot be reached: ${fault.sentence}` };
}

function codeOf(error: unknown): string {
  if (typeof error !== 'object' || error === null) return '';
  if ('code' in error && typeof error.code === 'string') return error.code;
  return 'cause' in error ? codeOf(error.cause) : '';
}
