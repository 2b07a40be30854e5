/** English names of months and weekdays. */

export const MONTH_NAMES: readonly string[] = [
  'January',
  'February',
  'March',
  'April',
  'May',
  'June',
  'July',
  'August',
  'September',
  'October',
  'November',
  'December',
];
/** From Monday. */
export const DAY_NAMES: readonly string[] = [
  'Monday',
  'Tuesday',
  'Wednesday',
  'Thursday',
  'Friday',
  'Saturday',
  'Sunday',
];

const short = (names: readonly string[]): readonly string[] => names.map((name) => name.slice(0, 3));

export const SHORT_MONTH_NAMES = short(MONTH_NAMES);
export const SHORT_DAY_NAMES = short(DAY_NAMES);
