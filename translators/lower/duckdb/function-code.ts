/** What a function that DuckDB calls back computes, told by values alone, and the closure that is made of it. */

import type { DuckFunction, FunctionCode } from '../../algebra/duck-query.ts';
import type { JsFunction } from '../../algebra/function.ts';
import type { Session } from '../../algebra/session.ts';
import { SqlError } from '../../errors.ts';
import { castFunction } from '../../functions/cast.ts';
import { ipKey } from '../../functions/ip.ts';
import { checkedText, limitOf } from '../../functions/text-length.ts';
import { roundTo } from '../dsl/number.ts';
import { isAbsent } from '../js/absent.ts';
import { compileExpr } from '../js/index.ts';
import { likeMatcher } from '../js/like.ts';

/** The function with its closure, which reads the clock of the session. */
export const withClosure = (fn: Omit<DuckFunction, 'js'>, session: Session): DuckFunction => ({
  ...fn,
  js: closureOf(fn.code, session),
});

function closureOf(code: FunctionCode, session: Session): JsFunction {
  switch (code.kind) {
    case 'row':
      return code.fn.js(code.types, code.type, session);
    case 'cast': {
      const js = castFunction(code.from, code.to, session);
      if (!js) throw new SqlError('unsupported', `a value of type ${code.from} cannot be cast to ${code.to}`);
      return js;
    }
    case 'address':
      return ipKey as JsFunction;
    case 'absent':
      return isAbsent as JsFunction;
    case 'bounded': {
      const limit = limitOf(session);
      return ((text: string) => checkedText(text, limit)) as JsFunction;
    }
    case 'half':
      return ((value: number) => roundTo('half_float', value)) as JsFunction;
    case 'like':
      return code.pattern === undefined
        ? patternPerRow(code.escape)
        : (likeMatcher(code.pattern, code.escape) as JsFunction);
    case 'constant': {
      const compute = compileExpr(code.expr, [], session);
      return (() => compute([])) as JsFunction;
    }
  }
}

/** Patterns that come from a column: neighbours are often equal, so the last matcher is kept. */
function patternPerRow(escaper: string): JsFunction {
  let pattern: string | undefined;
  let matches: (text: string) => boolean;
  return (text: string, nextPattern: string) => {
    if (nextPattern !== pattern) {
      matches = likeMatcher(nextPattern, escaper);
      pattern = nextPattern;
    }
    return matches(text);
  };
}
