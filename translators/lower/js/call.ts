/** Calls of catalogue rows as closures: the one place where strict nulls and stray arrays are dealt with. */
import type { Call, Expr } from '../../algebra/expr.ts';
import type { Session } from '../../algebra/session.ts';
import type { SqlType, Value } from '../../algebra/types.ts';
import { mentionOf } from '../../bind/mentions.ts';
import { SqlError } from '../../errors.ts';
import { resolveSignature } from '../../functions/resolve.ts';
import type { Closure } from './logic.ts';

type Plain = (...args: Value[]) => Value;

export function callClosure(expr: Call, args: readonly Closure[], session: Session): Closure {
  const { fn } = expr;
  const types = expr.args.map((arg) => arg.type);
  const strict = fn.nulls === 'strict';
  // NULL typed by nothing makes a strict call NULL whatever the function is.
  if (strict && types.includes('undefined')) return () => null;
  const compute = fn.js(types, expr.type, session) as Plain;
  const specs = resolveSignature(fn, types)?.specs;
  const checks = types.map((type, i) => {
    const spec = specs?.[i];
    return spec?.family === 'any' && !spec.single ? undefined : scalarCheck(type, expr.args[i]);
  });
  const prepare = (closure: Closure, i: number): Closure => {
    const check = checks[i];
    if (!check) return closure;
    return (row) => {
      const value = closure(row);
      return typeof value === 'object' && value !== null ? check(value) : value;
    };
  };
  if (fn.lazy) {
    const decide = fn.lazy(types, expr.type, session);
    const all = args.map(prepare);
    return (row) => decide((i) => all[i]!(row));
  }
  const [first, second, third] = args.map(prepare);
  switch (args.length) {
    case 0:
      return () => compute();
    case 1:
      return (row) => {
        const a = first!(row);
        return strict && a === null ? null : compute(a);
      };
    case 2:
      return (row) => {
        const a = first!(row);
        if (strict && a === null) return null;
        const b = second!(row);
        return strict && b === null ? null : compute(a, b);
      };
    case 3:
      return (row) => {
        const a = first!(row);
        if (strict && a === null) return null;
        const b = second!(row);
        if (strict && b === null) return null;
        const c = third!(row);
        return strict && c === null ? null : compute(a, b, c);
      };
    default: {
      const all = args.map(prepare);
      return (row) => {
        const values: Value[] = [];
        for (const arg of all) {
          const value = arg(row);
          if (strict && value === null) return null;
          values.push(value);
        }
        return compute(...values);
      };
    }
  }
}

const STRUCTURED: ReadonlySet<SqlType> = new Set(['object', 'nested', 'geo_point', 'interval']);

/** A field of several values where a function takes one: the plugin's sentence. One value in an array is that value. */
export function scalarCheck(type: SqlType, arg?: Expr): ((value: Value) => Value) | undefined {
  if (STRUCTURED.has(type)) return undefined;
  const name = type === 'keyword' || type === 'text' ? 'string' : type;
  return (value) => {
    if (!Array.isArray(value)) return value;
    const present = (value as readonly Value[]).filter((item) => item !== null);
    if (present.length < 2) return present[0] ?? null;
    const where = arg?.kind === 'column' ? mentionOf(arg.column) : '';
    throw new SqlError('severalValues', `invalid to get ${name}Value from value of type ARRAY${where}`);
  };
}
