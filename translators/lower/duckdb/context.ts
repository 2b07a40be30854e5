/** State of one lowering: the session, the functions collected so far, fresh names. */

import type { DuckFunction, DuckTable, FunctionCode } from '../../algebra/duck-query.ts';
import type { Session } from '../../algebra/session.ts';
import type { SqlType } from '../../algebra/types.ts';
import { withClosure } from './function-code.ts';

export interface FunctionSpec {
  /** Equal keys mean the same function. */
  readonly key: string;
  readonly argTypes: readonly SqlType[];
  readonly resultType: SqlType;
  readonly strict: boolean;
  readonly volatile?: boolean;
  readonly code: FunctionCode;
}

export interface LowerContext {
  readonly session: Session;
  /** Registers a function once and answers its name in the statement. */
  functionName(spec: FunctionSpec): string;
  functions(): readonly DuckFunction[];
  /** An alias that no other relation of the statement has. */
  alias(): string;
  readonly tables: DuckTable[];
}

export function lowerContext(session: Session): LowerContext {
  const functions = new Map<string, DuckFunction>();
  let aliases = 0;
  return {
    session,
    tables: [],
    functionName(spec) {
      const known = functions.get(spec.key);
      if (known) return known.name;
      const { argTypes, resultType, strict, volatile = false, code } = spec;
      const made = withClosure({ name: `js_${functions.size}`, argTypes, resultType, strict, volatile, code }, session);
      functions.set(spec.key, made);
      return made.name;
    },
    functions: () => [...functions.values()],
    alias: () => `t${++aliases}`,
  };
}
