/** Readers of setting values: each turns the text of an environment variable into a typed value, or says what is wrong. */
import { z } from 'zod';
import { parseNetworks } from './networks.ts';

const DURATION_UNITS: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 };
const SIZE_UNITS: Readonly<Record<string, number>> = { b: 1, kb: 1024, mb: 1024 ** 2, gb: 1024 ** 3, tb: 1024 ** 4 };
const BOOLEANS: Readonly<Record<string, boolean>> = {
  true: true,
  yes: true,
  on: true,
  1: true,
  false: false,
  no: false,
  off: false,
  0: false,
};

/** `1.5h` against a table of units; undefined when the text is not of that form. */
function scaled(text: string, units: Readonly<Record<string, number>>): number | undefined {
  const match = /^(\d+(?:\.\d+)?)\s*([a-z]*)$/i.exec(text.trim());
  if (match === null) return undefined;
  const amount = Number(match[1]);
  const unit = (match[2] ?? '').toLowerCase();
  // A bare 0 needs no unit; any other bare number would be a guess.
  if (unit === '') return amount === 0 ? 0 : undefined;
  const factor = units[unit];
  return factor === undefined ? undefined : Math.round(amount * factor);
}

/** Milliseconds of `500ms`, `30s`, `5m`, `1h`, `7d`, `0`. */
export function parseDuration(text: string): number | undefined {
  return scaled(text, DURATION_UNITS);
}

/** Bytes of `512kb`, `16mb`, `1gb`, `0`. */
export function parseSize(text: string): number | undefined {
  return scaled(text, SIZE_UNITS);
}

/** A schema from text by a reader that answers undefined for what it cannot read. */
function reader<T>(read: (text: string) => T | undefined, wanted: string) {
  return z.string().transform((text, context): T => {
    const value = read(text.trim());
    if (value !== undefined) return value;
    context.addIssue({ code: 'custom', message: `must be ${wanted}` });
    return z.NEVER;
  });
}

export const text = z.string();

export const duration = reader(parseDuration, 'a duration such as 500ms, 30s or 5m, or 0');

/** A duration that may not be so short that the server does nothing else. */
export function durationFrom(least: string) {
  const min = parseDuration(least)!;
  return reader((value) => {
    const milliseconds = parseDuration(value);
    return milliseconds !== undefined && milliseconds >= min ? milliseconds : undefined;
  }, `a duration of ${least} or more`);
}

export const size = reader(parseSize, 'a size such as 512kb, 16mb or 1gb, or 0');

export const bool = reader((value) => BOOLEANS[value.toLowerCase()], 'true or false');

export function integer(min: number, max: number = Number.MAX_SAFE_INTEGER) {
  const range = max === Number.MAX_SAFE_INTEGER ? `of ${min} or more` : `from ${min} to ${max}`;
  return reader((value) => {
    const number = /^\d[\d_]*$/.test(value) ? Number(value.replaceAll('_', '')) : Number.NaN;
    return number >= min && number <= max ? number : undefined;
  }, `a whole number ${range}`);
}

export function oneOf<const T extends readonly string[]>(...names: T) {
  return reader<T[number]>((value) => names.find((name) => name === value.toLowerCase()), `one of ${names.join(', ')}`);
}

/** Comma separated names; empty parts are left out. */
export const names = z.string().transform((value) => {
  const parts = value.split(',').map((part) => part.trim().toLowerCase());
  return parts.filter((part) => part !== '') as readonly string[];
});

export const networks = reader(parseNetworks, 'addresses and networks such as 10.0.0.0/8 or 2001:db8::1');

const parts = (value: string): string[] =>
  value
    .split(',')
    .map((part) => part.trim().toLowerCase())
    .filter((part) => part !== '');

const HOST = /^(\*|(\*\.)?[a-z0-9_-]+(\.[a-z0-9_-]+)*\.?(:\d{1,5})?|\[[0-9a-f:.]+\](:\d{1,5})?)$/;
const ORIGIN = /^(\*|null|[a-z][a-z0-9+.-]*:\/\/[^/\s,*]+)$/;

/** Every part must fit; none is fine. */
function listOf(pattern: RegExp, wanted: string) {
  return reader((value): readonly string[] | undefined => {
    const list = parts(value);
    return list.every((part) => pattern.test(part)) ? list : undefined;
  }, wanted);
}

export const hosts = listOf(HOST, 'hosts, each with or without a port, such as sql.example.com or *.example.com, or *');

export const origins = listOf(ORIGIN, 'origins such as https://app.example.com (without a path), null, or *');

function isHttpUrl(part: string): boolean {
  if (!URL.canParse(part)) return false;
  const url = new URL(part);
  return (url.protocol === 'http:' || url.protocol === 'https:') && url.search === '' && url.hash === '';
}

/** Comma separated http(s) URLs of the nodes of one cluster, without a trailing slash. */
export const urls = z.string().transform((value, context): readonly string[] => {
  const parts = value.split(',').map((part) => part.trim().replace(/\/+$/, ''));
  const all = parts.filter((part) => part !== '');
  for (const part of all) {
    if (!isHttpUrl(part)) {
      context.addIssue({
        code: 'custom',
        message: `must hold http:// or https:// URLs, '${withoutPassword(part)}' is none`,
      });
    }
  }
  return all;
});

/** A URL's text that may be shown: a password in it is masked. */
export function withoutPassword(url: string): string {
  return url.replace(/(\/\/[^/@:]*):[^/@]*@/, '$1:***@');
}

const QUEUE = /^([A-Za-z0-9_]{1,128}):(\d{1,4})$/;

/** `default:2,queue2:4`: how many jobs of each queue run at a time. */
export const queues = reader((value) => {
  const parts = value.split(',').map((part) => QUEUE.exec(part.trim()));
  const found = new Map<string, number>();
  for (const part of parts) {
    const count = Number(part?.[2] ?? 0);
    // Names begin with no underscore and hold more than digits (spec dli-jobs 3).
    if (part === null || count === 0 || /^(_|\d+$)/.test(part[1]!) || found.has(part[1]!)) return undefined;
    found.set(part[1]!, count);
  }
  return found as ReadonlyMap<string, number>;
}, 'queues with the number of jobs that each runs at a time, such as default:2,queue2:4');

export const indexName = reader(
  (value) => (/^[a-z0-9.][a-z0-9._-]{0,199}$/.test(value) && !/^\.{1,2}$/.test(value) ? value : undefined),
  'the name of an index: lower-case letters, digits and . _ -',
);

/** Where objects are kept: `file:` and a directory, `s3:` for AWS, or `s3:` and the URL of an S3 service. */
export const storageUrl = reader((value) => {
  if (/^file:(?!\/\/[^/])[^\0]+$/.test(value)) return value;
  const endpoint = /^s3:(.*)$/.exec(value)?.[1];
  if (endpoint === '') return value;
  if (endpoint === undefined || !isHttpUrl(endpoint) || new URL(endpoint).username !== '') return undefined;
  return value.replace(/\/+$/, '');
}, 'file:/directory, s3: (AWS), or s3:https://host:port (any S3 service; keys go into S3_ACCESS_KEY and S3_SECRET_KEY)');

/** `bucket/folder/…`; empty: none. */
export const folderInStore = reader(
  (value) => (value === '' || /^[a-z0-9][a-z0-9.-]{1,62}(\/[\w.-]+)*$/.test(value) ? value : undefined),
  'a bucket and folder such as results/jobs',
);
