/** Where an error of the cluster's scripts or of DuckDB stands in the statement: they tell what failed, and not which expression. */
import {
  type Call,
  type Cast,
  everyNode,
  expressionsOf,
  isInteger,
  isNumber,
  isString,
  type LogicalPlan,
  some,
  type Written,
} from '../../translators/algebra/index.ts';
import { SqlError, withPlace } from '../../translators/errors.ts';

type Suspect = (expr: Call | Cast) => boolean;

/** The error with its place, where one expression only of the statement can be meant. */
export function blamed(error: unknown, plan: LogicalPlan): unknown {
  if (!(error instanceof SqlError)) return error;
  const suspect = suspectOf(error);
  if (!suspect) return error;
  const found = new Map<string, Written>();
  for (const node of everyNode(plan)) {
    for (const expr of expressionsOf(node)) {
      some(expr, (e) => {
        if ((e.kind === 'call' || e.kind === 'cast') && e.written && suspect(e)) {
          found.set(`${e.written.at.start} ${e.written.at.end}`, e.written);
        }
        return false;
      });
    }
  }
  const [only] = found.size === 1 ? found.values() : [];
  return only ? withPlace(error, only.sql, only.at) : error;
}

function suspectOf({ type, details }: SqlError): Suspect | undefined {
  if (type === 'NumberFormatException') return (e) => e.kind === 'cast' && isNumber(e.type) && isString(e.arg.type);
  if (type !== 'ArithmeticException') return undefined;
  const operation = /^integer overflow: \S+ ([-+*]) \S+$/.exec(details)?.[1];
  if (operation) return (e) => e.kind === 'call' && e.fn.family === 'operator' && textOf(e).includes(operation);
  const left = / is out of the range of (\w+)$/.exec(details)?.[1];
  if (left) return (e) => e.kind === 'cast' && e.type === left;
  if (/overflow$/.test(details))
    return (e) => e.kind === 'call' && isInteger(e.type) && e.args.every((arg) => isNumber(arg.type));
  return undefined;
}

const textOf = ({ written }: Call | Cast): string => written?.sql.slice(written.at.start, written.at.end) ?? '';
