/** Turns an error answer of the cluster into the error that SQL clients know (spec sql-endpoint 10). */
import { SqlError } from '../../translators/errors.ts';
import { SEVERAL_VALUES, TOO_LONG } from '../../translators/execution.ts';

const MORE = 'For more details, please send request for Json format to see the raw response from OpenSearch engine.';

/** Names that the rule `snake_case → CamelCase` does not give. */
const CLASS_NAMES: Readonly<Record<string, string>> = {
  security_exception: 'OpenSearchSecurityException',
  open_search_security_exception: 'OpenSearchSecurityException',
  opensearch_security_exception: 'OpenSearchSecurityException',
  rejected_execution_exception: 'OpenSearchRejectedExecutionException',
  open_search_rejected_execution_exception: 'OpenSearchRejectedExecutionException',
  es_rejected_execution_exception: 'OpenSearchRejectedExecutionException',
  exception: 'OpenSearchException',
  opensearch_exception: 'OpenSearchException',
  opensearch_parse_exception: 'OpenSearchParseException',
  opensearch_status_exception: 'OpenSearchStatusException',
  opensearch_timeout_exception: 'OpenSearchTimeoutException',
  parse_exception: 'OpenSearchParseException',
  x_content_parse_exception: 'XContentParseException',
};

/** Headers of the cluster that a client must see: the challenge makes drivers send credentials, `Retry-After` tells when. */
const KEPT_HEADERS = ['www-authenticate', 'retry-after'];

/** An error that the cluster made: its status and type, the types of its causes, and headers for the client. */
export class ClusterError extends SqlError {
  constructor(
    status: number,
    type: string,
    reason: string,
    details: string,
    /** The cluster's own names of all causes, outermost first. */
    readonly causes: readonly string[],
    readonly headers: Readonly<Record<string, string | readonly string[]>> = {},
  ) {
    super(type === 'IndexNotFoundException' ? 'indexNotFound' : 'cluster', { status, type, reason, details });
    this.name = 'ClusterError';
  }

  hasCause(...types: readonly string[]): boolean {
    return this.causes.some((cause) => types.includes(cause));
  }
}

interface Cause {
  readonly type: string;
  readonly reason: string;
  readonly index?: string;
  readonly uuid?: string;
  readonly inner?: Cause;
}

export function clusterError(
  status: number,
  body: string,
  headers: Readonly<Record<string, string | readonly string[] | undefined>> = {},
): ClusterError {
  const error = errorOf(body);
  const kept: Record<string, string | readonly string[]> = {};
  for (const name of KEPT_HEADERS) {
    const value = headers[name];
    if (value !== undefined) kept[name] = value;
  }
  if (error === undefined || typeof error === 'string') {
    const said = (error ?? plainText(body)) || `status ${status}`;
    const type = status === 401 || status === 403 ? 'OpenSearchSecurityException' : 'OpenSearchException';
    return new ClusterError(status, type, sentence(said), `${type}[${said}]\n${MORE}`, [], kept);
  }
  const top = causeOf(error);
  const shards = failedShards(error);
  for (const causes of [top, ...shards.map((shard) => shard.cause)].map(chain)) {
    const fault = scriptFault(causes);
    if (!fault) continue;
    const types = causes.map((cause) => cause.type);
    return new ClusterError(400, fault.type, 'Invalid SQL query', fault.details, types, kept);
  }
  const details =
    shards.length > 0
      ? shards.map((shard) => `Shard[${shard.number}]: ${inWords(shard.cause)}\n`).join('')
      : inWords(top);
  const causes = [top, ...rootCauses(error), ...shards.map((shard) => shard.cause)]
    .flatMap(chain)
    .map((cause) => cause.type);
  return new ClusterError(
    status,
    className(top.type),
    sentence(top.reason),
    `${details}\n${MORE}`,
    [...new Set(causes)],
    kept,
  );
}

export function className(type: string): string {
  return (
    CLASS_NAMES[type] ??
    type
      .split('_')
      .map((word) => word.charAt(0).toUpperCase() + word.slice(1))
      .join('')
  );
}

function sentence(reason: string): string {
  return `Error occurred in OpenSearch engine: ${reason}`;
}

/** As Java prints such an exception: `[index/uuid] Class[message]; nested: Class[message]`. */
function inWords(cause: Cause): string {
  const place = cause.index === undefined ? '' : `[${cause.index}${cause.uuid === undefined ? '' : `/${cause.uuid}`}] `;
  const nested = cause.inner === undefined ? '' : `; nested: ${inWords(cause.inner)}`;
  return `${place}${className(cause.type)}[${cause.reason}]${nested}`;
}

function chain(cause: Cause): Cause[] {
  return cause.inner === undefined ? [cause] : [cause, ...chain(cause.inner)];
}

/** What a function raises that ran as a script: the statement's fault, as where it runs here. */
function scriptFault(causes: readonly Cause[]): { readonly type: string; readonly details: string } | undefined {
  if (!causes.some((cause) => cause.type === 'script_exception')) return undefined;
  const { type, reason } = causes.at(-1)!;
  if (type === 'arithmetic_exception') {
    const ours = /overflow$|is out of the range of \w+$/.test(reason);
    return { type: 'ArithmeticException', details: ours ? reason : 'integer overflow' };
  }
  if (type === 'illegal_argument_exception' && reason === TOO_LONG) {
    return { type: 'ResourceLimitException', details: reason };
  }
  if (type !== 'illegal_argument_exception' || reason !== SEVERAL_VALUES) return undefined;
  return {
    type: 'ExpressionEvaluationException',
    details: `${SEVERAL_VALUES} in a document, of which a function here needs one`,
  };
}

type Json = Readonly<Record<string, unknown>>;

function isJson(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function errorOf(body: string): Json | string | undefined {
  try {
    const parsed: unknown = JSON.parse(body);
    if (!isJson(parsed)) return undefined;
    return isJson(parsed.error) || typeof parsed.error === 'string' ? parsed.error : undefined;
  } catch {
    return undefined;
  }
}

/** Gateways answer in HTML or plain text: one line of it is enough. */
function plainText(body: string): string {
  return body
    .replace(/<(style|script|title)[\s\S]*?<\/\1>/gi, ' ')
    .replace(/<[^>]*>/g, ' ')
    .replace(/\s+/g, ' ')
    .trim()
    .slice(0, 500);
}

function causeOf(json: Json, depth = 0): Cause {
  const inner = isJson(json.caused_by) && depth < 10 ? causeOf(json.caused_by, depth + 1) : undefined;
  return {
    type: typeof json.type === 'string' ? json.type : 'exception',
    reason: typeof json.reason === 'string' ? json.reason : '',
    ...(typeof json.index === 'string' ? { index: json.index } : {}),
    ...(typeof json.index_uuid === 'string' && json.index_uuid !== '_na_' ? { uuid: json.index_uuid } : {}),
    ...(inner === undefined ? {} : { inner }),
  };
}

function rootCauses(error: Json): Cause[] {
  return Array.isArray(error.root_cause) ? error.root_cause.filter(isJson).map((one) => causeOf(one)) : [];
}

function failedShards(error: Json): { readonly number: unknown; readonly cause: Cause }[] {
  if (!Array.isArray(error.failed_shards)) return [];
  return error.failed_shards.filter(isJson).map((shard) => {
    const reason = isJson(shard.reason) ? shard.reason : {};
    return { number: shard.shard ?? 0, cause: causeOf(reason) };
  });
}
