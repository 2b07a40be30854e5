/** The date and time functions, one row each (spec sql-functions 5). */

import { define, type ScalarFunction } from '../algebra/function.ts';
import { dateBuckets } from './date-buckets.ts';
import { datetimeArithmetic } from './datetime-arithmetic.ts';
import { datetimeClock } from './datetime-clock.ts';
import { datetimeConvert } from './datetime-convert.ts';
import { datetimeDifferences } from './datetime-differences.ts';
import { datetimeExtract } from './datetime-extract.ts';
import { datetimeFormat } from './datetime-format.ts';
import { datetimeNumbers } from './datetime-numbers.ts';
import { datetimeParts } from './datetime-parts.ts';
import { zoned } from './zoned.ts';

export const datetime: readonly ScalarFunction[] = define([
  ...datetimeClock,
  ...datetimeParts,
  ...datetimeExtract,
  ...datetimeConvert,
  ...datetimeNumbers,
  ...datetimeArithmetic,
  ...datetimeDifferences,
  ...datetimeFormat,
  ...zoned,
  ...dateBuckets,
]);
