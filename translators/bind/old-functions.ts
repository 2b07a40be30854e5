/** Forms of the older engine's select list that are other calls written differently (spec sql-functions 11.4). */

import type { Expr, Literal } from '../algebra/expr.ts';
import { checkedZone } from '../functions/bucket.ts';
import { DATE_FORMAT } from '../functions/datetime-format.ts';
import { specifiersOf } from '../functions/format-letters.ts';
import { scalarFunction } from '../functions/index.ts';
import { TO_ZONE } from '../functions/zoned.ts';
import type { CallNode } from '../syntax/ast.ts';
import { callFunction, callScalar } from './call.ts';
import { type ExprContext, semantic } from './context.ts';
import { bindExpr } from './expression.ts';
import { literalText } from './named-arguments.ts';

/** Undefined where the call is none of them. */
export function bindOldFunction(node: CallNode, context: ExprContext): Expr | undefined {
  if (node.named.length > 0) return undefined;
  if (node.name === 'ASSIGN' || node.name === 'FIELD') {
    return node.args.length === 1 ? bindExpr(node.args[0]!, context) : undefined;
  }
  switch (scalarFunction(node.name)?.olderForm) {
    case 'language':
      return node.args.length === 2 ? inLanguage(node, context) : undefined;
    case 'pattern':
      return node.args.length === 3 ? inPattern(node, context) : undefined;
    default:
      return undefined;
  }
}

/** Languages with rules of their own for the case of Latin letters, as Java knows them. */
const OWN_RULES: ReadonlySet<string> = new Set(['tr', 'az', 'lt']);

/** `lower(s, 'en')`: all languages but three have one set of rules. */
function inLanguage(node: CallNode, context: ExprContext): Expr {
  const [value, locale] = node.args;
  const name = literalText(locale!, context);
  if (OWN_RULES.has(name.slice(0, 2).toLowerCase())) {
    throw semantic(context, locale!.at, `${node.name} does not know the rules of the language [${name}]`);
  }
  return callScalar(node.name, [bindExpr(value!, context)], node, context);
}

/** `date_format(d, 'yyyy-MM-dd', 'Europe/Berlin')`: letters of Java, on the clock of a zone. */
function inPattern(node: CallNode, context: ExprContext): Expr {
  const [value, pattern, zone] = node.args;
  const letters = literalText(pattern!, context);
  const specifiers = specifiersOf(letters);
  if (specifiers === undefined) {
    throw semantic(
      context,
      pattern!.at,
      `date_format(date, pattern, zone) cannot write the pattern [${letters}]; it knows yyyy MM dd HH mm ss`,
    );
  }
  const name = literalText(zone!, context);
  checkedZone(name);
  const local = callFunction(TO_ZONE, [bindExpr(value!, context), text(name)], node, context);
  return callFunction(DATE_FORMAT, [local, text(specifiers)], node, context);
}

const text = (value: string): Literal => ({ kind: 'literal', type: 'keyword', value });
