/** DuckDB's errors in the words and codes of this server. */
import { SqlError } from '../../../translators/errors.ts';
import { storageFull } from '../../run/storage-error.ts';

/** `spillIsFull`: no memory is left, because no more may be spilled. */
export function engineError(error: unknown, spillIsFull = false): SqlError {
  if (error instanceof SqlError) return error;
  const message = error instanceof Error ? error.message : String(error);
  const fail = (code: ConstructorParameters<typeof SqlError>[0], details: string): SqlError =>
    new SqlError(code, { details, cause: error });
  if (/^INTERRUPT/i.test(message)) return fail('cancelled', 'the query was cancelled');
  if (/No space left on device|disk quota exceeded/i.test(message)) return storageFull(error);
  const isOutOfMemory = /^Out of Memory Error/i.test(message);
  if (/max_temp_directory_size/i.test(message) || (isOutOfMemory && spillIsFull)) {
    return fail(
      'spoolLimit',
      'the query needs more disk than one statement may take (MAX_SPOOL_PER_STATEMENT); narrow it by a condition, fewer columns or a LIMIT',
    );
  }
  if (isOutOfMemory || /No space left/i.test(message)) {
    return fail(
      'resourceLimit',
      'the query needs more memory and temporary space than one query may use; narrow it by a condition, fewer columns or a LIMIT',
    );
  }
  const overflow = /Overflow in \w+ of \w+ \(([^)]*)\)/.exec(message)?.[1];
  if (overflow) return fail('arithmetic', `integer overflow: ${overflow}`);
  const tooLarge = /^Conversion Error: Type \w+ with value (\S+) can't be cast/.exec(message)?.[1];
  if (tooLarge) return fail('arithmetic', `integer overflow: ${tooLarge} does not fit the result's type`);
  if (/^Out of Range Error/.test(message)) return fail('arithmetic', 'a number is out of the range of its type');
  const text = /Could not convert string ['"](.*?)['"] to/s.exec(message)?.[1];
  if (text !== undefined) return fail('numberFormat', `For input string: "${text}"`);
  if (/^(Conversion|Invalid Input) Error/.test(message)) return fail('evaluation', firstLine(message));
  const unsupported = /^(?:Binder|Not implemented) Error: (.*not (?:yet )?(?:supported|implemented).*)/i.exec(
    message,
  )?.[1];
  if (unsupported) return fail('unsupported', `this form of query cannot be run here: ${unsupported}`);
  return fail('internal', `the in-memory part of the query failed: ${firstLine(message)}`);
}

const firstLine = (message: string): string => message.replace(/^[\w ]+ Error: /, '').split('\n', 1)[0]!;
