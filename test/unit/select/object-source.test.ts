/** Which statements read the object of the path, and which the cluster. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readsObject } from '../../../src/select/object-source.ts';

describe('the source of a statement', () => {
  it.each([
    'SELECT * FROM BosObject',
    'select * from s3object s where s.a = 1;',
    'SELECT * FROM S3OBJECT[*].people[*] p',
    'SELECT * FROM BosObject.people[*]',
    'SELECT * FROM "S3Object"',
    "SELECT EXTRACT(year FROM ts), TRIM(LEADING 'x' FROM name) FROM S3Object",
    "SELECT 'from accounts' FROM S3Object -- from accounts",
    'SELECT /* from accounts */ * FROM S3Object',
    'SELECT * FROM (SELECT * FROM S3Object)',
    // Nothing of the cluster: the engine says what is wrong.
    'SELECT 1',
    'SELECT',
    '',
    'hello',
    "SELECT 'open FROM accounts",
  ])('is the object: %s', (sql) => {
    expect(readsObject(sql)).toBe(true);
  });

  it.each([
    'SELECT * FROM accounts',
    'SELECT * FROM bosobjects',
    'SELECT * FROM `logs-*` WHERE s3object = 1',
    "SELECT 'FROM S3Object' FROM accounts",
    'SELECT SUBSTRING(name FROM 2) FROM accounts',
    'SELECT * FROM (SELECT age FROM accounts) x',
    'WITH s3 AS (SELECT * FROM accounts) SELECT * FROM s3',
    'SHOW TABLES LIKE %',
    'DESCRIBE TABLES LIKE accounts',
  ])('is the cluster: %s', (sql) => {
    expect(readsObject(sql)).toBe(false);
  });

  it('is found in any text', () => {
    const piece = fc.constantFrom('FROM', '(', ')', "'", '"', '`', '--', '\n', '/*', '*/', 'S3Object', 'x', '[*]', ' ');
    fc.assert(fc.property(fc.array(piece), (pieces) => typeof readsObject(pieces.join(' ')) === 'boolean'));
    expect(readsObject('('.repeat(200_000))).toBe(true);
    expect(readsObject('FROM ('.repeat(5_000))).toBe(true);
  });

  it('is found without a look at what stands behind it', () => {
    const words: string[] = [];
    readsObject(`SELECT a, "b" FROM S3Object s WHERE ${'( a + '.repeat(50_000)}`, (word) => words.push(word));
    expect(words.at(-1)).toBe('S3Object');
    expect(words).toHaveLength(6);
  });

  it('takes a run of signs and digits for one word', () => {
    let words = 0;
    readsObject(`SELECT ${'1+,'.repeat(80_000)} FROM S3Object`, () => words++);
    expect(words).toBeLessThan(10);
  });
});
