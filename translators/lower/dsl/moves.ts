/** How a function of one argument moves when that argument grows: what lets a comparison be solved for the argument. */
import type { Call, Cast, Expr } from '../../algebra/expr.ts';
import { type Motion, RISES } from '../../algebra/function-facts.ts';
import { familyOf, isNumber } from '../../algebra/types.ts';

export interface Move extends Motion {
  readonly arg: Expr;
}

/** Undefined for functions that rise and fall, and for those of several arguments that are no literals. */
export function moveOf(expr: Expr): Move | undefined {
  if (expr.kind === 'cast') return ofCast(expr);
  return expr.kind === 'call' ? ofCall(expr) : undefined;
}

function ofCall({ fn, args }: Call): Move | undefined {
  const open = args.filter((arg) => arg.kind !== 'literal');
  const [arg] = open;
  if (open.length !== 1 || !arg || !fn.motion) return undefined;
  if (!isNumber(arg.type) && (familyOf(arg.type) !== 'temporal' || arg.type === 'time')) return undefined;
  const constants = args.map((one) => (one.kind === 'literal' ? one.value : undefined));
  if (constants.includes(null)) return undefined;
  const motion = fn.motion({ at: args.indexOf(arg), type: arg.type, constants });
  return motion && { arg, ...motion };
}

function ofCast({ arg, type }: Cast): Move | undefined {
  const from = arg.type;
  switch (`${familyOf(from)} ${familyOf(type)}`) {
    case 'temporal temporal':
      // The time of a date is midnight, and a time has the date of today.
      return from !== 'time' && type !== 'time' ? { arg, ...RISES } : undefined;
    case 'temporal string':
      return from === 'time' ? undefined : { arg, ...RISES };
    case 'boolean number':
      return { arg, ...RISES };
    case 'number number':
      return { arg, ...RISES };
    default:
      return undefined;
  }
}
