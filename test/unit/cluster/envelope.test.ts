/** What surrounds the hits of a search answer, read from its bytes; documents and names that look like it do not mislead. */
import { describe, expect, it } from 'vitest';
import { closesAt, envelopeOf, isWhole, lastPlace, totalOf } from '../../../src/cluster/envelope.ts';

describe('the head of an answer', () => {
  it.each([
    ['a plain one', '{"took":3,"hits":{"total":{"value":7,"relation":"gte"},"max_score":null,"hits":[', 7],
    ['one with blanks', '{ "took" : 3 ,\n "hits" : { "total" : 7 , "hits" : [ ', 7],
    ['a remote cluster called hits', '{"_clusters":{"details":{"hits":{"hits":[1]}}},"hits":{"total":7,"hits":[', 7],
    ['a failure that quotes an answer', '{"why":"\\"hits\\":{\\"hits\\":[","hits":{"total":7,"hits":[', 7],
    ['totals that were not counted', '{"pit_id":"p","hits":{"max_score":1.5,"hits":[', -1],
  ])('%s', (_, head, total) => {
    for (const hits of ['', '{"_id":"1","_source":{"hits":{"hits":[{"pit_id":"no"}]}}}']) {
      const bytes = Buffer.from(`${head}${hits}]}, "aggregations":{"a":{"hits":{"hits":[]}}}}`);
      const envelope = envelopeOf(bytes)!;
      expect(totalOf(envelope.head).total).toBe(total);
      expect(envelope.first).toBe(Buffer.byteLength(head));
      expect(envelope.head.hits!.hits).toEqual([]);
      expect(closesAt(bytes, envelope.first + hits.length)).toBe(true);
      expect(closesAt(bytes.subarray(0, -1), envelope.first + hits.length)).toBe(false);
    }
  });

  it.each([
    '',
    '{"took":1}',
    '[]',
    'nonsense',
    '{"hits":{"total":1}}',
    '{"hits":{"total":tru,"hits":[]}}',
    '{"hits":[]}',
  ])('of what is no search answer: %s', (text) => {
    expect(envelopeOf(Buffer.from(text))).toBeUndefined();
  });
});

describe('the end of an answer', () => {
  it.each(['', '{"_id":"1","_source":{"a":"]}"}}', '{"_id":"1","_source":{}} , {"_id":"2","sort":[1]}'])(
    'is missed in each part of one with hits %s',
    (hits) => {
      const bytes = Buffer.from(`{"took":1,"hits":{"total":2,"hits":[ ${hits}]},"aggregations":{"a":{"value":1}}}`);
      const envelope = envelopeOf(bytes)!;
      expect(isWhole(bytes, envelope)).toBe(true);
      for (let end = envelope.first; end < bytes.length; end++) {
        expect(isWhole(bytes.subarray(0, end), envelope), bytes.toString('utf8', 0, end)).toBe(false);
      }
    },
  );
});

describe('the place of the last hit', () => {
  const answer = (hits: string): Buffer =>
    Buffer.from(`{"pit_id":"x","took":1,"timed_out":false,"hits":{"max_score":null,"hits":[${hits}]}}`);

  it.each([
    ['{"_id":"1","_source":{"a":1},"sort":[0]},{"_id":"2","_source":{"sort":[7]},"sort":[12]}', '[12]'],
    ['{"_id":"1","_source":{},"sort":[5,4294967301]}', '[5,4294967301]'],
    ['{"_id":"1","_source":{},"sort":[-3]}', '[-3]'],
    ['', undefined],
    ['{"_id":"1","_source":{"text":"\\"sort\\":[9]}]}}"}}', undefined],
  ])('of %s', (hits, sort) => {
    expect(lastPlace(answer(hits))).toEqual(sort);
  });
});
