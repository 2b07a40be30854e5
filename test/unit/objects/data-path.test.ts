/** Paths of exports: every rule of the data path, and nothing that would leave its bucket. */
import { describe, expect, it } from 'vitest';
import { readDataPath } from '../../../src/objects/data-path.ts';

describe('a data path', () => {
  it.each([
    ['obs://bucket/folder', 'bucket', 'folder'],
    ['obs://bucket/folder/', 'bucket', 'folder'],
    ['s3a://a.b1/x/y z/ü', 'a.b1', 'x/y z/ü'],
    ['s3://a.12.b/x', 'a.12.b', 'x'],
    ['S3N://bucket/x', 'bucket', 'x'],
    ['bos://bucket/x', 'bucket', 'x'],
    ['file://bucket/x', 'bucket', 'x'],
    ['file:///bucket/x/y', 'bucket', 'x/y'],
    ['obs://bucket/a%2Fb?c#d', 'bucket', 'a%2Fb?c#d'],
  ])('%s', (text, bucket, folder) => {
    expect(readDataPath(text)).toEqual({ kind: 'path', path: { bucket, folder } });
  });

  it.each([
    ['', 'must begin with one of obs://'],
    ['bucket/folder', 'must begin with'],
    ['hdfs://bucket/folder', 'must begin with'],
    ['obs:/bucket/folder', 'must begin with'],
    ['obs://bucket', 'must name a folder'],
    ['obs://bucket/', 'must name a folder'],
    ['obs://bucket//', 'must name a folder'],
    ['obs://bucket/a//b', 'must not hold empty segments'],
    ['obs://bucket//a', 'must not hold empty segments'],
    ['obs:///folder', 'The bucket of the data path must have'],
    ['obs://bucket/a,b', 'comma'],
    ['obs://a.12abc/x', 'must not end in a dot'],
    ['obs://a.12/x', 'must not end in a dot'],
    ['obs://Bucket/x', 'The bucket of the data path must have'],
    ['obs://_bucket/x', 'The bucket of the data path must have'],
    ['obs://user@bucket/x', 'The bucket of the data path must have'],
    ['obs://bucket/../other/x', 'must not hold a segment . or ..'],
    ['obs://bucket/a/..', 'must not hold a segment . or ..'],
    ['obs://bucket/./a', 'must not hold a segment . or ..'],
    ['obs://bucket/a\0', 'must not hold a NUL'],
    [`obs://bucket/${'a/'.repeat(500)}b`, 'must not be longer than 896 bytes'],
  ])('is not %j', (text, message) => {
    const result = readDataPath(text);
    expect(result).toMatchObject({ kind: 'fault' });
    expect('message' in result ? result.message : '').toContain(message);
  });
});
