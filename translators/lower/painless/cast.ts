/** CAST as Painless, where Java has the same conversion (spec data-types 4). */
import { familyOf, isInteger, isString, type SqlType } from '../../algebra/types.ts';
import { RANGES } from '../../functions/numbers.ts';

/** `value` is already typed by `from`. */
export function castText(value: string, from: SqlType, to: SqlType): string | undefined {
  if (from === to || (isString(from) && isString(to))) return value;
  if (from === 'unsigned_long' || to === 'unsigned_long' || to === 'float') return undefined;
  switch (`${familyOf(from)} ${familyOf(to)}`) {
    case 'number number':
      return narrowed(value, from, to);
    case 'number boolean':
      return `${value} != 0`;
    case 'number string':
      // Java before 19 prints some doubles longer.
      return isInteger(from) ? `Long.toString(${value})` : undefined;
    case 'boolean number':
      return `${value} ? ${to === 'double' ? '1.0 : 0.0' : '1L : 0L'}`;
    case 'boolean string':
      return `${value} ? 'true' : 'false'`;
    case 'string boolean':
      return `'true'.equalsIgnoreCase(${value})`;
    case 'ip string':
      return value;
    case 'temporal temporal':
      return temporal(value, from, to);
    default:
      return undefined;
  }
}

/** Fractions are cut; what the type cannot hold is an error. */
function narrowed(value: string, from: SqlType, to: SqlType): string | undefined {
  if (to === 'double') return `(double) ${value}`;
  const whole = isInteger(from) ? value : `wholeLong(${value})`;
  const range = RANGES[to];
  return to === 'long' ? whole : range && `within(${whole}, ${range[0]}L, ${range[1]}L, '${to}')`;
}

function temporal(value: string, from: SqlType, to: SqlType): string | undefined {
  if (to === 'date' && from === 'timestamp') return `${value}.truncatedTo(ChronoUnit.DAYS)`;
  if (to === 'time' && from === 'timestamp') return `${value}.withYear(1970).withDayOfYear(1)`;
  return to === 'timestamp' && from === 'date' ? value : undefined;
}
