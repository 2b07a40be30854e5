/** What holds of all delimiters of one side of a request, in both protocols: no two of them may be mistaken for each other. */
import type { CsvInput, CsvOutput } from './request.ts';

type Delimiters = Pick<CsvOutput, 'recordDelimiter' | 'fieldDelimiter' | 'quote'>;

export const CSV_DEFAULTS = { recordDelimiter: '\n', fieldDelimiter: ',', quote: '"', comment: '#' } as const;

/** A sentence about what is wrong, or undefined. */
export function conflictOf({ recordDelimiter, fieldDelimiter, quote }: Delimiters): string | undefined {
  if (recordDelimiter.includes(fieldDelimiter)) return 'The field delimiter is part of the record delimiter.';
  if (quote === undefined) return undefined;
  if (quote === fieldDelimiter) return 'The quote character is the field delimiter.';
  return recordDelimiter.includes(quote) ? 'The quote character is part of the record delimiter.' : undefined;
}

/** The default comment character gives way where the request uses it for something else. */
export function defaultComment(input: Delimiters): CsvInput['comment'] {
  const { comment } = CSV_DEFAULTS;
  const taken = [input.fieldDelimiter, input.quote, input.recordDelimiter[0]];
  return taken.includes(comment) ? undefined : comment;
}
