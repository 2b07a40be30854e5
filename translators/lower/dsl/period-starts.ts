/** The moments at which periods of time begin. */
import type { Period } from '../../algebra/function-facts.ts';
import type { Value } from '../../algebra/types.ts';
import { civilOfDays } from '../../temporal/calendar.ts';
import { dateText, epochDaysOf, fieldsOf, timeText } from '../../temporal/temporal-text.ts';

/** More periods than this are not taken apart. */
const MAX_PERIODS = 100;

/** The beginnings of the periods after the first value, up to the last. */
export function startsBetween(period: Period, a: Value, b: Value, up: boolean): readonly Value[] | undefined {
  if (typeof a !== 'string' || typeof b !== 'string') return undefined;
  const [low, high] = up ? [a, b] : [b, a];
  const dates = !low.includes(' ');
  const starts: string[] = [];
  for (let start = nextStart(period, low, dates); start <= high; start = nextStart(period, start, dates)) {
    // A year of five digits.
    if (start.startsWith('+')) break;
    starts.push(start);
    if (starts.length > MAX_PERIODS) return undefined;
  }
  return starts;
}

/** The beginning of the period after that of a date or timestamp of four-digit years. */
function nextStart(period: Period, text: string, isDate: boolean): string {
  const at = fieldsOf(isDate ? `${text} 00:00:00` : text);
  const written = (date: string, time: string): string => (isDate ? date : `${date} ${time}`);
  switch (period) {
    case 'year':
      return written(dateText(at.year + 1, 1, 1), '00:00:00');
    case 'month':
      return written(at.month === 12 ? dateText(at.year + 1, 1, 1) : dateText(at.year, at.month + 1, 1), '00:00:00');
    default: {
      const seconds = { day: 86_400, hour: 3600, minute: 60 }[period];
      const ofDay = at.hour * 3600 + at.minute * 60 + at.second;
      const next = (Math.floor(ofDay / seconds) + 1) * seconds;
      const days = epochDaysOf(text) + Math.floor(next / 86_400);
      const { year, month, day } = civilOfDays(days);
      const rest = next % 86_400;
      return written(dateText(year, month, day), timeText(Math.floor(rest / 3600), Math.floor(rest / 60) % 60, 0, 0));
    }
  }
}
