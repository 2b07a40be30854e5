/** The plugin's settings route: changes what the cluster knows there, and else what this server keeps (spec sql-endpoint 9). */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { SqlError } from '../../../translators/errors.ts';
import type { Cluster } from '../../cluster/cluster.ts';
import type { CallContext } from '../../cluster/context.ts';
import { callerIdentity } from '../../cluster/credentials.ts';
import { isKnownKey, isPluginKey, readPluginValue } from '../../config/plugin-settings.ts';
import type { Changes, PluginSettings } from '../../config/plugin-settings-store.ts';
import type { Config } from '../../config.ts';
import type { Log } from '../../log.ts';
import { parseJson, stringifyJson } from '../../rows/longs.ts';
import { type CoreAnswer, methodNotAllowed, sendCore, unrecognisedParameters } from '../core-answers.ts';
import type { Handler } from '../passthrough.ts';
import { readBody } from '../read-body.ts';
import { JSON_TYPE, renderError } from '../render-error.ts';

export const SETTINGS_PATHS = ['/_plugins/_query/settings', '/_opendistro/_sql/settings'] as const;

interface SettingsRouteDeps {
  readonly config: Config;
  readonly cluster: Cluster;
  readonly settings: PluginSettings;
  readonly log: Log;
}

/** Passed on to the cluster. */
const PASSED = ['timeout', 'cluster_manager_timeout', 'master_timeout'];
const PARAMETERS = [...PASSED, 'flat_settings', 'pretty', 'human', 'error_trace', 'filter_path', 'source'];
/** How the cluster says that it has no such setting: the plugin is not installed. */
const NOT_RECOGNISED = /setting \[([^\]]+)\], not recognized/;

export function createSettingsHandler(deps: SettingsRouteDeps): Handler {
  return (request, response) => {
    const refusal = refusalOf(request);
    if (refusal !== undefined) {
      request.resume();
      sendCore(response, refusal);
      return;
    }
    update(deps, request, response).catch((error: unknown) => {
      const rendered = renderError(error, deps.log);
      if (response.headersSent || response.destroyed) response.destroy();
      else response.writeHead(rendered.status, { 'content-type': JSON_TYPE }).end(rendered.body);
    });
  };
}

function refusalOf(request: IncomingMessage): CoreAnswer | undefined {
  const { method = '', url = '/' } = request;
  if (method === 'OPTIONS') return { status: 200, headers: { Allow: 'PUT' }, body: undefined };
  if (method !== 'PUT') return methodNotAllowed(url, method, ['PUT']);
  const unknown = [...new Set(queryOf(request).keys())].filter((name) => !PARAMETERS.includes(name));
  return unknown.length > 0 ? unrecognisedParameters(url.split('?', 1)[0]!, unknown, PARAMETERS) : undefined;
}

async function update(deps: SettingsRouteDeps, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const { config, cluster, settings, log } = deps;
  const body = readJson(await readBody(request, config.maxBodyBytes));
  const transient = keysOf(body.transient);
  const persistent = keysOf(body.persistent);
  const query = queryOf(request);
  const all = [...transient, ...persistent];
  if (all.length === 0) {
    sendCore(response, failure('action_request_validation_exception', 'Validation Failed: 1: no settings to update;'));
    return;
  }
  // The cluster is asked with the caller's own rights: who may not change its settings may not change ours.
  const context: CallContext = { identity: callerIdentity(request.headers, config.forwardHeaders), calls: [] };
  const answer = await cluster.callAny(
    {
      kind: 'other',
      method: 'PUT',
      path: '/_cluster/settings',
      parameters: Object.fromEntries(
        [...query].filter(([name]) => [...PASSED, 'flat_settings', 'pretty'].includes(name)),
      ),
      body: { persistent: Object.fromEntries(persistent), transient: Object.fromEntries(transient) },
    },
    context,
  );
  const taken = answer.status < 400;
  if (!taken && (!isUnknownThere(answer.status, answer.text) || all.some(([key]) => !isKnownKey(key)))) {
    const challenge = answer.headers['www-authenticate'];
    response.writeHead(answer.status, {
      'content-type': answer.headers['content-type'] ?? JSON_TYPE,
      ...(challenge === undefined ? {} : { 'www-authenticate': challenge }),
    });
    response.end(answer.text);
    return;
  }
  if (!taken) {
    for (const [key, value] of all) {
      const read = value === null ? undefined : readPluginValue(key, value);
      if (read !== undefined && 'problem' in read) {
        sendCore(response, failure('illegal_argument_exception', read.problem));
        return;
      }
    }
  }
  settings.change(readable(transient), readable(persistent));
  log.info('plugin settings changed', {
    transient: Object.fromEntries(transient),
    persistent: Object.fromEntries(persistent),
  });
  const flat = isSet(query, 'flat_settings');
  const shown = { acknowledged: true, persistent: show(persistent, flat), transient: show(transient, flat) };
  const text = taken ? answer.text : JSON.stringify(shown, null, isSet(query, 'pretty') ? 2 : undefined);
  response.writeHead(200, { 'content-type': JSON_TYPE, 'content-length': Buffer.byteLength(text) }).end(text);
}

/** What the cluster took we honour as far as we know it. */
function readable(changes: Changes): Changes {
  return new Map(
    [...changes].filter(
      ([key, value]) => isKnownKey(key) && (value === null || 'value' in readPluginValue(key, value)),
    ),
  );
}

function isUnknownThere(status: number, text: string): boolean {
  return status === 400 && NOT_RECOGNISED.test(text);
}

function readJson(text: string): Readonly<Record<string, unknown>> {
  try {
    const body = parseJson(text);
    if (typeof body === 'object' && body !== null && !Array.isArray(body)) return body as Record<string, unknown>;
  } catch {
    // Said below.
  }
  throw new SqlError('illegalArgument', 'Failed to parse request payload');
}

/** Nested objects and dotted names alike, as flat names; what is no setting of the plugin's is dropped. */
function keysOf(given: unknown): Changes {
  const found = new Map<string, string | null>();
  const visit = (value: unknown, path: string): void => {
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) {
      for (const [name, inner] of Object.entries(value)) visit(inner, path === '' ? name : `${path}.${name}`);
    } else if (isPluginKey(path)) {
      found.set(path, value === null ? null : typeof value === 'string' ? value : stringifyJson(value));
    }
  };
  visit(given, '');
  return found;
}

function show(changes: Changes, flat: boolean): object {
  const root: Record<string, unknown> = Object.create(null);
  for (const [key, value] of changes) {
    if (value === null) continue;
    const path = flat ? [key] : key.split('.');
    let at = root;
    for (const name of path.slice(0, -1)) {
      at[name] ??= Object.create(null);
      at = at[name] as Record<string, unknown>;
    }
    at[path.at(-1)!] = value;
  }
  return root;
}

function failure(type: string, reason: string): CoreAnswer {
  return { status: 400, body: { error: { root_cause: [{ type, reason }], type, reason }, status: 400 } };
}

const isSet = (query: URLSearchParams, name: string): boolean => query.has(name) && query.get(name) !== 'false';

function queryOf(request: IncomingMessage): URLSearchParams {
  const url = request.url ?? '/';
  const at = url.indexOf('?');
  return new URLSearchParams(at === -1 ? '' : url.slice(at + 1));
}
