/** Where a page of a bulk scan ends, read from the end of its bytes. */
import { expect, it } from 'vitest';
import { lastSort } from '../../../src/read/bulk-scan.ts';

const answer = (hits: string): Buffer =>
  Buffer.from(`{"pit_id":"x","took":1,"timed_out":false,"hits":{"max_score":null,"hits":[${hits}]}}`);

it.each([
  ['{"_id":"1","_source":{"a":1},"sort":[0]},{"_id":"2","_source":{"sort":[7]},"sort":[12]}', '[12]'],
  ['{"_id":"1","_source":{},"sort":[5,4294967301]}', '[5,4294967301]'],
  ['{"_id":"1","_source":{},"sort":[-3]}', '[-3]'],
  ['', undefined],
  ['{"_id":"1","_source":{"text":"\\"sort\\":[9]}]}}"}}', undefined],
])('of %s', (hits, sort) => {
  expect(lastSort(answer(hits))).toEqual(sort);
});
