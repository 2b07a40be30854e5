/** Every failure of the server has a code of the job routes, and unforeseen ones have none of their text told. */
import { describe, expect, it } from 'vitest';
import { AuthError } from '../../../src/auth/principal.ts';
import { clusterError } from '../../../src/cluster/cluster-error.ts';
import { DLI_ERRORS, DliError, dliErrorOf } from '../../../src/jobs/domain/errors.ts';
import { JobError } from '../../../src/jobs/domain/job-error.ts';
import { ObjectStoreError } from '../../../src/objects/store.ts';
import { ERRORS, type ErrorCode, SqlError } from '../../../translators/errors.ts';
import { SqlSyntaxError } from '../../../translators/syntax/errors.ts';

const told = (error: unknown): string => {
  const found = dliErrorOf(error);
  return `${found?.status} ${found?.code}`;
};

describe('the codes of the job routes', () => {
  it.each([
    [new SqlSyntaxError('SELEC', 0, 'SELEC', []), '400 DLI.0004'],
    [new SqlError('unknownField', 'x'), '400 DLI.0005'],
    [new SqlError('notAQuery', 'x'), '400 DLI.0007'],
    [new SqlError('payloadTooLarge', 'x'), '413 DLI.0001'],
    [new SqlError('resourceLimit', 'x'), '400 DLI.0009'],
    [new SqlError('clusterUnreachable', 'x'), '400 DLI.0012'],
    [new SqlError('clusterTimeout', 'x'), '400 DLI.0019'],
    [clusterError(401, ''), '401 DLI.0014'],
    [clusterError(403, ''), '400 DLI.0003'],
    [clusterError(404, '{"error":{"type":"index_not_found_exception","reason":"no such index"}}'), '400 DLI.0005'],
    [clusterError(400, '{"error":{"type":"parsing_exception","reason":"x"}}'), '400 DLI.0005'],
    [clusterError(429, ''), '400 DLI.0012'],
    [clusterError(503, ''), '400 DLI.0012'],
    [clusterError(500, ''), '400 DLI.0012'],
    [new ObjectStoreError('noSuchBucket', 'x'), '400 DLI.0002'],
    [new ObjectStoreError('denied', 'x'), '400 DLI.0011'],
    [new ObjectStoreError('full', 'x'), '400 DLI.0009'],
    [new ObjectStoreError('unreachable', 'x'), '400 DLI.0012'],
    [new JobError('folderExists', 'x'), '400 DLI.0006'],
    [new JobError('resultGone', 'x'), '400 DLI.0100'],
    [new AuthError('missing', 'x'), '401 DLI.0013'],
    [new AuthError('badSignature', 'x'), '401 DLI.0013'],
    [new AuthError('wrongProject', 'x'), '400 DLI.0016'],
    [new AuthError('unreadable', 'x'), '400 DLI.0015'],
    [new DliError('DLI.0023', 'x'), '404 DLI.0023'],
  ])('%s is %s', (error, wanted) => {
    expect(told(error)).toBe(wanted);
    expect(dliErrorOf(error)?.message).toBe((error as Error).message);
  });

  it('cover every error of statements', () => {
    for (const code of Object.keys(ERRORS) as ErrorCode[]) {
      const found = dliErrorOf(new SqlError(code, 'x'));
      expect(Object.hasOwn(DLI_ERRORS, found!.code), code).toBe(true);
    }
  });

  it('are not given to what nobody has foreseen', () => {
    expect(dliErrorOf(new TypeError('secret path'))).toBeUndefined();
    expect(dliErrorOf('text')).toBeUndefined();
  });
});
