/** Keeps pages of other sites from using a browser that reaches this server: by Host, Origin and what needs no preflight (docs/authentication.md). */
import type { IncomingMessage } from 'node:http';
import { isIP } from 'node:net';
import type { TLSSocket } from 'node:tls';
import { isLoopback } from '../auth/open-auth.ts';
import type { Config } from '../config.ts';
import { type Authority, defaultPort, readAuthority, readOrigin } from './authority.ts';

export interface Refusal {
  readonly status: 400 | 403 | 421;
  readonly type: string;
  readonly reason: string;
  readonly details: string;
}

export type BrowserGuard = (request: IncomingMessage) => Refusal | undefined;

export function createBrowserGuard(config: Pick<Config, 'host' | 'allowedHosts' | 'allowedOrigins'>): BrowserGuard {
  const isExpected = hostCheck(config);
  const isAllowedOrigin = originCheck(config.allowedOrigins);

  return (request) => {
    const { host, origin, 'sec-fetch-site': site } = request.headers;
    if (valuesOf(request, 'host').length > 1) return twoHosts();
    if (isExpected !== undefined) {
      const stranger = [host, targetHost(request.url)].find((one) => one !== undefined && !isExpected(one));
      if (stranger !== undefined) return misdirected(stranger);
    }
    // Nobody but a browser sends either, so that others pay for two look-ups.
    if (origin === undefined && site === undefined) return undefined;
    const origins = valuesOf(request, 'origin');
    const foreign = origins.find((one) => !isOwn(one, request) && !isAllowedOrigin(one));
    if (foreign === undefined && (origins.length > 0 || site !== 'cross-site')) return undefined;
    return refusalOf(request, foreign);
  };
}

/** What a page of another site may still ask for is reading, where the browser has asked the cluster first whether it may. */
function refusalOf(request: IncomingMessage, origin: string | undefined): Refusal | undefined {
  const { method = '', headers } = request;
  const hasBody = headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) > 0;
  const unasked = needsNoPreflight(headers['content-type']);
  const whose = origin === undefined ? 'a page of another site' : `a page of ${origin.slice(0, 256)}`;
  if (origin !== undefined && !READING_METHODS.has(method) && !(method === 'POST' && isReading(request.url))) {
    return foreign(`${method} changes something, and the request comes from ${whose}`);
  }
  if (hasBody && unasked) {
    return foreign(`the request comes from ${whose}, with a body that browsers send for any page`);
  }
  return undefined;
}

const READING_METHODS: ReadonlySet<string> = new Set(['GET', 'HEAD', 'OPTIONS']);

/** APIs of the cluster that only read, in the spelling that everybody uses; any other POST counts as a change, SQL too. */
const READING =
  /^(?:\/(?:_all|(?!_|%5f)[^/]+))?\/_(?:search(?:\/template|\/scroll)?|search_shards|msearch(?:\/template)?|count|mget|field_caps|validate\/query|explain\/[^/]+|termvectors(?:\/[^/]+)?|mtermvectors|analyze|rank_eval|render\/template)\/?$/i;

const isReading = (url = '/'): boolean => READING.test(url.split('?', 1)[0]!);

/** The types that a browser sends for any page without asking first (Fetch standard, CORS-safelisted); also none, as of a Blob. */
const SAFELISTED: ReadonlySet<string> = new Set([
  'text/plain',
  'application/x-www-form-urlencoded',
  'multipart/form-data',
]);

const needsNoPreflight = (type: string | undefined): boolean =>
  type === undefined || SAFELISTED.has(type.split(';', 1)[0]!.trim().toLowerCase());

/** The page was served by this server itself, or by the proxy in front that passes its Host on. */
function isOwn(text: string, request: IncomingMessage): boolean {
  const origin = readOrigin(text);
  const host = readAuthority(request.headers.host ?? '');
  if (origin === undefined || host === undefined || origin.name !== host.name) return false;
  const usual = defaultPort(origin.scheme);
  // Behind a proxy that ends TLS only the page's own scheme tells which port a Host without one means.
  const hostPort = host.port ?? ((request.socket as TLSSocket).encrypted === true ? 443 : usual);
  return hostPort !== undefined && (origin.port ?? usual) === hostPort;
}

/** Undefined: Host is not checked. */
function hostCheck({
  host,
  allowedHosts,
}: Pick<Config, 'host' | 'allowedHosts'>): ((text: string) => boolean) | undefined {
  if (allowedHosts.includes('*') || (allowedHosts.length === 0 && !isLoopback(host))) return undefined;
  const own = readAuthority(isIP(host) === 6 ? `[${host}]` : host)?.name;
  const allowed = allowedHosts.map(hostPattern);
  const check = (text: string): boolean => {
    const given = readAuthority(text);
    if (given === undefined) return false;
    return given.name === own || isOurMachine(given.name) || allowed.some((matches) => matches(given));
  };
  // Clients keep to one spelling: the last good one need not be read again.
  let last = '';
  return (text) => {
    if (text === last) return true;
    if (!check(text)) return false;
    last = text;
    return true;
  };
}

/** No name server decides about these, so that no page can have them lead here under its own name. */
function isOurMachine(name: string): boolean {
  if (name === 'localhost' || name.endsWith('.localhost')) return true;
  return isIP(name) !== 0 && (isLoopback(name) || name === '0.0.0.0' || name === '::');
}

/** A name with or without a port, or `*.` and the end of one. */
function hostPattern(text: string): (given: Authority) => boolean {
  const wanted = readAuthority(text.replace(/^\*(?=\.)/, ''));
  if (wanted === undefined) return () => false;
  const { name, port } = wanted;
  return (given) =>
    (port === undefined || given.port === port) &&
    (name.startsWith('.') ? given.name.endsWith(name) : given.name === name);
}

function originCheck(allowed: readonly string[]): (text: string) => boolean {
  if (allowed.includes('*')) return () => true;
  const spelled = new Set(allowed.map(spellOrigin));
  return (text) => spelled.has(spellOrigin(text));
}

/** `https://a` and `https://a:443` are one. */
function spellOrigin(text: string): string {
  const origin = readOrigin(text);
  return origin === undefined
    ? text.trim().toLowerCase()
    : `${origin.scheme}://${origin.name}:${origin.port ?? defaultPort(origin.scheme) ?? ''}`;
}

/** Of `GET http://host/path`, which a proxy would be asked. */
const targetHost = (url = '/'): string | undefined =>
  url.startsWith('/') ? undefined : /^[a-z][a-z0-9+.-]*:\/\/([^/?#]*)/i.exec(url)?.[1];

/** All of them: the first alone is what Node keeps of a header that was sent twice. */
function valuesOf({ rawHeaders }: IncomingMessage, name: string): readonly string[] {
  const values: string[] = [];
  for (let i = 0; i < rawHeaders.length; i += 2) {
    if (rawHeaders[i]!.length === name.length && rawHeaders[i]!.toLowerCase() === name) values.push(rawHeaders[i + 1]!);
  }
  return values;
}

const foreign = (why: string): Refusal => ({
  status: 403,
  type: 'ForeignOriginException',
  reason: 'The request was made by a page of another site',
  details: `Refused: ${why}. Pages that may do this are named in ALLOWED_ORIGINS.`,
});

const misdirected = (host: string): Refusal => ({
  status: 421,
  type: 'MisdirectedRequestException',
  reason: 'The request is for another host',
  details: `This server does not answer for the host '${host.slice(0, 256)}'. Names that it has beside localhost are listed in ALLOWED_HOSTS.`,
});

const twoHosts = (): Refusal => ({
  status: 400,
  type: 'IllegalArgumentException',
  reason: 'The request cannot be read',
  details: 'A request has one Host header.',
});
