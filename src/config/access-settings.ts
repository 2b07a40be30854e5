/** The rows of the table of settings that say where this server listens, and who may ask it. */
import { setting } from './setting.ts';
import { bool, hosts, integer, networks, oneOf, origins, text } from './values.ts';

export const ACCESS_REQUIRED = {
  host: setting('HOST', '127.0.0.1', text, 'Address to listen on; `0.0.0.0` for all.'),
  port: setting('PORT', '9280', integer(0, 65_535), 'Port to listen on; 0 takes a free one.'),
  allowAnonymous: setting(
    'ALLOW_ANONYMOUS',
    'false',
    bool,
    'Start without `AUTH_FILE` although `HOST` is no loopback address: everybody may submit jobs, and read and write objects.',
  ),
  allowedHosts: setting(
    'ALLOWED_HOSTS',
    '',
    hosts,
    'Names under which this server is reached, comma separated: `sql.example.com`, `*.example.com`, with a port or without. Others get status 421. `*` for all.',
    { shownDefault: 'localhost while HOST is a loopback address, else all' },
  ),
  allowedOrigins: setting(
    'ALLOWED_ORIGINS',
    '',
    origins,
    'Pages of other sites that may change something through a browser, comma separated: `https://app.example.com`, `null`, or `*` for all.',
  ),
  bceSignedBody: setting(
    'BCE_SIGNED_BODY',
    'optional',
    oneOf('optional', 'required'),
    "Whether requests signed by `bce-auth-v1` must sign a digest of their body; Baidu's own SDKs send none.",
  ),
  trustedProxies: setting(
    'TRUSTED_PROXIES',
    '',
    networks,
    'Addresses and networks of the proxies in front, comma separated: their `X-Forwarded-For`, `Forwarded` and `X-Real-IP` go on to the cluster, those of others do not.',
  ),
} as const;

export const ACCESS_OPTIONAL = {
  tlsCert: setting(
    'TLS_CERT',
    undefined,
    text,
    'PEM file of the certificate of this server, with its chain: it then listens for HTTPS. Read again on SIGHUP.',
  ),
  tlsKey: setting('TLS_KEY', undefined, text, 'PEM file of the key of `TLS_CERT`.'),
  tlsClientCa: setting(
    'TLS_CLIENT_CA',
    undefined,
    text,
    'PEM file of the authority whose certificates clients must show; without it they need none.',
  ),
  authFile: setting(
    'AUTH_FILE',
    undefined,
    text,
    'JSON file of the keys and tokens of the job, object and select routes; without it they take every request. Read again on SIGHUP.',
  ),
} as const;
