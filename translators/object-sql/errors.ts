/** What is wrong with a statement over objects, or with a value that it meets: a code of the protocols and a sentence. */
import type { SelectSyntaxCode } from '../syntax/errors.ts';

type SelectFaultCode =
  | SelectSyntaxCode
  | 'ExpressionTooLong'
  | 'UnsupportedFunction'
  | 'UnsupportedSyntax'
  | 'UnsupportedSqlStructure'
  | 'ParseUnsupportedCallWithStar'
  | 'ParseCannotMixSqbAndWildcardInSelectList'
  | 'MissingHeaders'
  | 'AmbiguousFieldName'
  | 'InvalidColumnIndex'
  | 'InvalidTableAlias'
  | 'BadTableName'
  | 'DataSourcePathUnsupported'
  | 'LexerInvalidIONLiteral'
  | 'CastFailed'
  | 'InvalidCast'
  | 'InvalidDataType'
  | 'IncorrectSqlFunctionArgumentType'
  | 'IllegalSqlFunctionArgument'
  | 'LikeInvalidInputs'
  | 'IntegerOverflow'
  | 'EvaluatorInvalidArguments'
  | 'EvaluatorInvalidTimestampFormatPattern'
  | 'EvaluatorTimestampFormatPatternDuplicateFields'
  | 'EvaluatorTimestampFormatPatternHourClockAmPmMismatch'
  | 'EvaluatorUnterminatedTimestampFormatPatternToken'
  | 'OverMaxColumn'
  | 'JSONParsingError';

export class SelectFault extends Error {
  constructor(
    readonly code: SelectFaultCode,
    message: string,
  ) {
    super(message);
    this.name = 'SelectFault';
  }
}
