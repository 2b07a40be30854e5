/** Binds casts: CAST, which fails on a value that is not of the type, and the form of it that gives NULL. */
import type { Expr } from '../algebra/expr.ts';
import type { SqlType } from '../algebra/types.ts';
import { place, SqlError } from '../errors.ts';
import { castFunction, castTarget } from '../functions/cast.ts';
import { scalarFunction } from '../functions/index.ts';
import { engineTypeName } from '../functions/resolve.ts';
import type { CallNode, CastNode, Span } from '../syntax/ast.ts';
import { converted } from './coerce.ts';
import { type ExprContext, semantic } from './context.ts';
import { bindExpr } from './expression.ts';

export function bindCast(node: CastNode, context: ExprContext): Expr {
  const cast = converted(bindExpr(node.arg, context), typeNamed(node.type, node.at, context), context);
  return cast.kind === 'cast' ? { ...cast, written: { sql: context.env.sql, at: node.at } } : cast;
}

/** Undefined where the call is no cast. */
export function bindTryCast(node: CallNode, context: ExprContext): Expr | undefined {
  const fn = scalarFunction(node.name);
  if (fn?.syntax !== 'cast') return undefined;
  const [arg, name] = node.args;
  if (!arg || name?.kind !== 'literal' || node.args.length > 2)
    throw semantic(context, node.at, `${fn.name} is written ${fn.name}(value AS type)`);
  const value = bindExpr(arg, context);
  const type = typeNamed(String(name.value), node.at, context);
  if (value.type === type || value.type === 'undefined') return converted(value, type, context);
  if (!castFunction(value.type, type, context.env.session)) {
    const from = engineTypeName(value.type);
    throw new SqlError(
      'argumentTypes',
      `${fn.name} to ${type} cannot take [${from}]${place(context.env.sql, node.at)}`,
    );
  }
  return { kind: 'call', type, fn, args: [value, { kind: 'literal', type: 'keyword', value: type }] };
}

function typeNamed(name: string, at: Span, { env }: ExprContext): SqlType {
  const type = castTarget(name);
  if (!type) throw new SqlError('syntax', `[${name}] is no type that CAST knows${place(env.sql, at)}`);
  return type;
}
