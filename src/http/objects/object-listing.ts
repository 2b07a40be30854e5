/** Listings of a bucket: JSON by default, S3's ListObjectsV2 for its clients. */
import { XMLBuilder } from 'fast-xml-parser';
import type { Listing, ListOptions } from '../../objects/store.ts';
import { ObjectRouteError } from './object-errors.ts';

/** Either spelling of each, the second is S3's. */
export function listOptions(query: URLSearchParams): Required<Pick<ListOptions, 'prefix' | 'limit'>> & ListOptions {
  const limit = query.get('limit') ?? query.get('max-keys') ?? '1000';
  if (!/^\d{1,9}$/.test(limit)) throw new ObjectRouteError('InvalidArgument', 'limit must be a whole number');
  const token = query.get('continuation-token');
  const after = token === null ? (query.get('after') ?? query.get('start-after')) : readToken(token);
  return {
    prefix: query.get('prefix') ?? '',
    // 0 is a question for nothing; S3 answers it with an empty listing, which no client needs.
    limit: Math.min(Math.max(Number(limit), 1), 1000),
    ...(after === null ? {} : { after }),
    ...(query.has('delimiter') ? { delimiter: query.get('delimiter')! } : {}),
  };
}

export function listingJson(bucket: string, options: ListOptions, listing: Listing): string {
  const { prefix, delimiter } = options;
  const objects = listing.objects.map(({ key, size, lastModified, etag }) => ({ key, size, lastModified, etag }));
  return JSON.stringify({ bucket, prefix, delimiter, objects, prefixes: listing.prefixes, next: listing.next });
}

const builder = new XMLBuilder({ suppressEmptyNode: false });
const PROLOGUE = '<?xml version="1.0" encoding="UTF-8"?>\n';

export function listingXml(bucket: string, query: URLSearchParams, options: ListOptions, listing: Listing): string {
  const url = query.get('encoding-type') === 'url';
  // XML has no way to write control characters; clients ask for this encoding for their sake.
  const text = (value: string): string => (url ? encodeURIComponent(value).replaceAll('%2F', '/') : value);
  const token = query.get('continuation-token');
  const given = query.get('start-after');
  const result = {
    Name: bucket,
    Prefix: text(options.prefix ?? ''),
    ...(given === null ? {} : { StartAfter: text(given) }),
    ...(token === null ? {} : { ContinuationToken: token }),
    ...(listing.next === undefined ? {} : { NextContinuationToken: makeToken(listing.next) }),
    KeyCount: listing.objects.length + listing.prefixes.length,
    MaxKeys: options.limit,
    ...(options.delimiter === undefined ? {} : { Delimiter: text(options.delimiter) }),
    ...(url ? { EncodingType: 'url' } : {}),
    IsTruncated: listing.next !== undefined,
    Contents: listing.objects.map(({ key, size, lastModified, etag }) => ({
      Key: text(key),
      LastModified: lastModified.toISOString(),
      ETag: `"${etag}"`,
      Size: size,
      StorageClass: 'STANDARD',
    })),
    CommonPrefixes: listing.prefixes.map((prefix) => ({ Prefix: text(prefix) })),
  };
  return `${PROLOGUE}${builder.build({ ListBucketResult: result })}`.replace(
    '<ListBucketResult>',
    '<ListBucketResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/">',
  );
}

export function errorXml(code: string, message: string, requestId: string): string {
  return PROLOGUE + builder.build({ Error: { Code: code, Message: message, RequestId: requestId } });
}

function makeToken(after: string): string {
  return Buffer.from(after).toString('base64url');
}

function readToken(token: string): string {
  const text = Buffer.from(token, 'base64url').toString('utf8');
  if (makeToken(text) !== token)
    throw new ObjectRouteError('InvalidArgument', 'The continuation-token is none of ours');
  return text;
}
