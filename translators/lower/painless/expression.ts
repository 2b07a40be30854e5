/** Bound expressions as Painless statements: each value a local, NULL a null, three-valued logic written out. */

import { assertNever } from '../../algebra/assert-never.ts';
import type { Call, Case, Expr, Literal } from '../../algebra/expr.ts';
import { familyOf, isInteger } from '../../algebra/types.ts';
import { canonicalIp } from '../../functions/ip.ts';
import { castText } from './cast.ts';
import { docPath, type PainlessOptions } from './column.ts';
import { epochSecondsOf, timestampNano } from './instant.ts';
import { PredicateLowering } from './predicate.ts';
import { isParameter, type Local, presence, typed, type Writer } from './writer.ts';

export class Lowering {
  private readonly predicates: PredicateLowering;

  constructor(
    readonly writer: Writer,
    readonly options: PainlessOptions,
  ) {
    this.predicates = new PredicateLowering(this);
  }

  value(expr: Expr): Local | undefined {
    switch (expr.kind) {
      case 'literal':
        return this.literal(expr);
      case 'column': {
        const path = docPath(expr.column, false, this.options);
        if (path === undefined || !typed('', expr.type)) return undefined;
        const field = this.writer.field(path, expr.column.field?.partial === true);
        return { name: this.writer.first(field), type: expr.type };
      }
      case 'call':
        return this.call(expr);
      case 'cast': {
        const arg = this.value(expr.arg);
        if (!arg || expr.arg.type === 'undefined') return arg && { ...arg, type: expr.type };
        const text = castText(typed(arg.name, arg.type) ?? '', arg.type, expr.type);
        return text === undefined ? undefined : this.assign(expr.type, text, [arg]);
      }
      case 'case':
        return this.choice(expr);
      case 'and':
        if (expr.between) {
          return this.predicates.eachValue([expr.between], () => this.predicates.junction('and', expr.args));
        }
        return this.predicates.junction('and', expr.args);
      case 'or':
        return this.predicates.junction('or', expr.args);
      case 'not': {
        const arg = this.condition(expr.arg);
        return arg && this.assign('boolean', `!((boolean) ${arg.name})`, [arg]);
      }
      case 'compare':
        return this.predicates.compare(expr);
      case 'isNull':
        return this.isNull(expr.arg);
      case 'in':
        return this.predicates.inList(expr);
      case 'like':
        return this.predicates.like(expr);
      case 'outer':
      case 'relevance':
      case 'nestedAny':
      case 'scalarSubquery':
        return undefined;
      default:
        return assertNever(expr);
    }
  }

  /** As `value`; of a multi-valued boolean field any element counts. */
  condition(expr: Expr): Local | undefined {
    if (expr.kind === 'call') return this.predicates.anyValue([expr], () => this.value(expr));
    if (expr.kind !== 'column') return this.value(expr);
    const yes: Literal = { kind: 'literal', type: 'boolean', value: true };
    return this.predicates.compare({ kind: 'compare', type: 'boolean', op: '=', left: expr, right: yes });
  }

  /** A new local: null where one of `needed` is. */
  assign(type: Expr['type'], text: string, needed: readonly Local[]): Local {
    const name = this.writer.local();
    const test = presence(needed);
    if (test === 'true') this.writer.line(`def ${name} = ${text};`);
    else this.writer.line(`def ${name} = null; if (${test}) { ${name} = ${text}; }`);
    return { name, type };
  }

  private literal({ value, type }: Literal): Local | undefined {
    // A local, because Painless refuses tests of the constant null.
    if (value === null) return this.assign(type, 'null', []);
    switch (familyOf(type)) {
      case 'number':
        if (!isParameter(value) || (isInteger(type) && typeof value === 'number' && !Number.isInteger(value)))
          return undefined;
        return type === 'unsigned_long' ? undefined : { name: this.writer.param(value), type, present: true };
      case 'string':
      case 'boolean':
        return { name: this.writer.param(value), type, present: true };
      case 'ip': {
        const address = canonicalIp(String(value));
        return address === undefined ? undefined : { name: this.writer.param(address), type, present: true };
      }
      case 'temporal': {
        const timestamp =
          type === 'timestamp' ? String(value) : type === 'date' ? `${value} 00:00:00` : `1970-01-01 ${value}`;
        const [seconds, nanos] = [
          this.writer.param(epochSecondsOf(timestamp)),
          this.writer.param(timestampNano(timestamp)),
        ];
        const name = this.writer.local();
        this.writer.line(
          `def ${name} = ZonedDateTime.ofInstant(Instant.ofEpochSecond((long) ${seconds}, (long) ${nanos}), ZoneOffset.UTC);`,
        );
        return { name, type, present: true };
      }
      default:
        return undefined;
    }
  }

  private call(expr: Call): Local | undefined {
    const { fn, type } = expr;
    if (fn.painless === undefined || fn.volatile || !typed('', type)) return undefined;
    const args: Local[] = [];
    for (const arg of expr.args) {
      const local = fn.nulls === 'custom' && arg.type === 'boolean' ? this.condition(arg) : this.value(arg);
      if (!local) return undefined;
      args.push(local);
    }
    if (fn.nulls === 'strict' && args.some((arg) => arg.type === 'undefined')) return this.assign(type, 'null', []);
    const texts = args.map((arg) => (fn.nulls === 'strict' ? typed(arg.name, arg.type)! : arg.name));
    const types = args.map((arg) => arg.type);
    const cell = typeof fn.painless === 'function' ? fn.painless(texts, types, type) : fn.painless;
    if (cell === undefined) return undefined;
    const text = cell.replace(/\ba(\d+)\b/g, (_, index: string) => texts[Number(index)]!);
    return this.assign(type, text, fn.nulls === 'strict' ? args : []);
  }

  private choice(expr: Case): Local | undefined {
    const name = this.writer.local();
    this.writer.line(`def ${name} = null;`);
    const written = this.branch(expr, 0, name);
    return written ? { name, type: expr.type } : undefined;
  }

  /** Branches nest, so that a later condition is not computed where an earlier one holds. */
  private branch(expr: Case, index: number, name: string): boolean {
    const choice = expr.whens[index];
    if (!choice) {
      const otherwise = this.value(expr.otherwise);
      if (otherwise) this.writer.line(`${name} = ${otherwise.name};`);
      return otherwise !== undefined;
    }
    const when = this.condition(choice.when);
    if (!when) return false;
    const then = this.writer.block(() => {
      const value = this.value(choice.then);
      if (value) this.writer.line(`${name} = ${value.name};`);
      return value !== undefined;
    });
    const rest = this.writer.block(() => this.branch(expr, index + 1, name));
    this.writer.line(`if (${when.name} == true) { ${then.text} } else { ${rest.text} }`);
    return then.result && rest.result;
  }

  private isNull(arg: Expr): Local | undefined {
    if (arg.kind === 'column') {
      const path = docPath(arg.column, true, this.options);
      if (path === undefined) return undefined;
      const field = this.writer.field(path, arg.column.field?.partial === true);
      const value = this.writer.valueAtHand(field);
      return this.assign('boolean', value === undefined ? field.missing : `${value} == null`, []);
    }
    return this.predicates.anyValue([arg], () => {
      const local = this.value(arg);
      return local && this.assign('boolean', `${local.name} == null`, []);
    });
  }
}
