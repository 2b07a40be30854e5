/** Predicates as Painless: of a multi-valued field any element may satisfy them, as in queries. */
import type { Compare, CompareOperator, Expr, InList, Like } from '../../algebra/expr.ts';
import { familyOf, isInteger, isTemporal, type SqlType } from '../../algebra/types.ts';
import { columnsOf } from '../../algebra/walk.ts';
import { roundTo } from '../dsl/number.ts';
import { likeTokens } from '../js/like.ts';
import { docPath } from './column.ts';
import type { Lowering } from './expression.ts';
import { type DocField, isParameter, type Local, typed } from './writer.ts';

/** One side of a predicate: a value, or all values of a field. */
type Side = { readonly local: Local } | { readonly field: DocField; readonly type: SqlType };

export class PredicateLowering {
  constructor(private readonly lowering: Lowering) {}

  junction(kind: 'and' | 'or', args: readonly Expr[]): Local | undefined {
    const { writer } = this.lowering;
    const name = writer.local();
    const [neutral, decided] = kind === 'and' ? ['true', 'false'] : ['false', 'true'];
    writer.line(`def ${name} = ${neutral};`);
    for (const [i, arg] of args.entries()) {
      const { text, result } = writer.block(() => {
        const local = this.lowering.condition(arg);
        if (local) {
          writer.line(
            `if (${local.name} == null) { ${name} = null; } else if (${local.name} == ${decided}) { ${name} = ${decided}; }`,
          );
        }
        return local;
      });
      if (!result) return undefined;
      writer.line(i === 0 ? text : `if (${name} != ${decided}) { ${text} }`);
    }
    return { name, type: 'boolean' };
  }

  /** Of fields below functions any value may satisfy the predicate, as of a field itself. */
  anyValue(operands: readonly Expr[], write: () => Local | undefined): Local | undefined {
    const computed = operands.filter((operand) => operand.kind !== 'column');
    return this.eachValue(computed, write);
  }

  /** `write` for each choice of one value from every field of the operands, until one satisfies it. */
  eachValue(operands: readonly Expr[], write: () => Local | undefined): Local | undefined {
    const { writer, options } = this.lowering;
    const bare = operands.every((operand) => operand.kind === 'column');
    const fields: DocField[] = [];
    for (const column of columnsOf(...operands)) {
      // What is only compared may be read at the field's own precision.
      const path = docPath(column, bare, options);
      if (path === undefined) return undefined;
      const field = writer.field(path, column.field?.partial === true);
      if (writer.valueAtHand(field) === undefined) fields.push(field);
    }
    if (fields.length === 0) return write();
    const name = writer.local();
    writer.line(`def ${name} = null;`);
    const found = writer.each(fields, `${name} == true`, () => {
      const local = write();
      if (local) writer.line(`if (${local.name} == true || ${name} == null) { ${name} = ${local.name}; }`);
      return local;
    });
    return found && { name, type: 'boolean' };
  }

  compare(expr: Compare): Local | undefined {
    return this.anyValue([expr.left, expr.right], () => this.compared(expr));
  }

  private compared(expr: Compare): Local | undefined {
    const [left, right] = [rounded(expr.left, expr.right), rounded(expr.right, expr.left)];
    const test = testText(expr.op, left, right);
    if (!test) return undefined;
    const [l, r] = [this.side(left), this.side(right)];
    return l && r && this.anyPair(l, r, test);
  }

  inList(expr: InList): Local | undefined {
    return this.anyValue([expr.arg, ...expr.list], () => this.listed(expr));
  }

  private listed(expr: InList): Local | undefined {
    const { writer } = this.lowering;
    const items = expr.list.map((item) => rounded(item, expr.arg));
    if (!items.every((item) => item.kind === 'literal')) return undefined;
    const present = items.filter((item) => item.value !== null);
    if (!present.every((item) => isParameter(item.value))) return undefined;
    // Temporals would need an object for each element: a chain of comparisons says the same.
    if (isTemporal(expr.arg.type) || expr.arg.type === 'ip') {
      const chain = items.map(
        (item): Compare => ({ kind: 'compare', type: 'boolean', op: '=', left: expr.arg, right: item }),
      );
      return this.junction('or', chain);
    }
    const tests = present.map((item) => testText('=', expr.arg, item));
    const test = tests[0];
    // Numbers of several widths would need several tests.
    if (!test || tests.some((other) => other?.('x', 'y') !== test('x', 'y'))) return undefined;
    const arg = this.side(expr.arg);
    if (!arg) return undefined;
    const list = writer.param(present.map((item) => item.value));
    const holds = (value: string): string =>
      `for (def y : ${list}) { if (${test(value, 'y')}) { FOUND = true; break; } }`;
    const found = this.overSide(arg, holds);
    if (present.length === items.length) return found;
    // A NULL in the list: what is not found is unknown.
    writer.line(`if (${found.name} == false) { ${found.name} = null; }`);
    return found;
  }

  like(expr: Like): Local | undefined {
    const { pattern } = expr;
    if (pattern.kind !== 'literal') return undefined;
    if (pattern.value === null) return this.lowering.assign('boolean', 'null', []);
    const text = String(pattern.value);
    return this.anyValue([expr.arg], () => {
      const arg = this.side(expr.arg);
      if (!arg || familyOf(expr.arg.type) !== 'string') return undefined;
      const tokens = this.lowering.writer.param([...likeTokens(text, expr.escape)]);
      return this.overSide(arg, (value) => `if (likeOf(((String) ${value}), ${tokens})) { FOUND = true; }`);
    });
  }

  private side(expr: Expr): Side | undefined {
    if (expr.kind !== 'column') {
      const local = this.lowering.value(expr);
      return local && { local };
    }
    const path = docPath(expr.column, true, this.lowering.options);
    if (path === undefined) return undefined;
    const field = this.lowering.writer.field(path, expr.column.field?.partial === true);
    const value = this.lowering.writer.valueAtHand(field);
    return value === undefined ? { field, type: expr.type } : { local: { name: value, type: expr.type } };
  }

  private anyPair(left: Side, right: Side, test: (a: string, b: string) => string): Local {
    if ('local' in right) {
      return this.overSide(left, (value) => `if (${test(value, right.local.name)}) { FOUND = true; }`, right.local);
    }
    if ('local' in left) {
      return this.overSide(right, (value) => `if (${test(left.local.name, value)}) { FOUND = true; }`, left.local);
    }
    const { doc, missing } = right.field;
    const inner = (value: string): string =>
      `for (def z : ${doc}) { if (${test(value, 'z')}) { FOUND = true; break; } }`;
    return this.overSide(left, inner, undefined, `!(${missing})`);
  }

  /** True when `test` finds one of the side's values, null without values or where `other` is null. */
  private overSide(side: Side, test: (value: string) => string, other?: Local, also?: string): Local {
    const { writer } = this.lowering;
    const name = writer.local();
    const conditions = [also, other && !other.present ? `${other.name} != null` : undefined];
    let body: string;
    if ('local' in side) {
      conditions.push(side.local.present ? undefined : `${side.local.name} != null`);
      body = test(side.local.name);
    } else {
      conditions.push(`!(${side.field.missing})`);
      body = `for (def x : ${side.field.doc}) { ${test('x')} }`;
    }
    const when = conditions.filter((condition) => condition !== undefined).join(' && ');
    const search = body.replaceAll('FOUND', name);
    // Painless refuses a condition that is constant.
    if (when === '') writer.line(`def ${name} = false; ${search}`);
    else writer.line(`def ${name} = null; if (${when}) { ${name} = false; ${search} }`);
    return { name, type: 'boolean' };
  }
}

/** A literal beside a float field at the field's own precision. */
function rounded(expr: Expr, other: Expr): Expr {
  if (expr.kind !== 'literal' || other.type !== 'float' || expr.value === null) return expr;
  if (typeof expr.value !== 'number' && typeof expr.value !== 'bigint') return expr;
  const mapping = other.kind === 'column' && other.column.field?.mapping === 'half_float' ? 'half_float' : 'float';
  return { kind: 'literal', type: 'double', value: roundTo(mapping, Number(expr.value)) };
}

const NARROW_INTEGERS: ReadonlySet<SqlType> = new Set(['byte', 'short', 'integer']);

/** Is a double of the value exact? */
const fitsDouble = (expr: Expr): boolean =>
  !isInteger(expr.type) ||
  NARROW_INTEGERS.has(expr.type) ||
  (expr.kind === 'literal' &&
    (expr.value === null || (typeof expr.value === 'number' && Number.isSafeInteger(expr.value))));

/** A double that is the bound of no long: between two whole numbers, all of which are exact there. */
const separates = (expr: Expr): boolean =>
  expr.kind === 'literal' && typeof expr.value === 'number' && !Number.isInteger(expr.value);

/** The comparison of two texts of values that are not null. */
function testText(op: CompareOperator, left: Expr, right: Expr): ((a: string, b: string) => string) | undefined {
  const [l, r] = [left.type, right.type];
  const family = familyOf(l === 'undefined' ? r : l);
  if (l !== 'undefined' && r !== 'undefined' && familyOf(l) !== familyOf(r)) return undefined;
  const equality = op === '=' || op === '!=';
  const java = op === '=' ? '==' : op;
  switch (family) {
    case 'null':
      return () => 'false';
    case 'number': {
      if (l === 'unsigned_long' || r === 'unsigned_long') return undefined;
      const whole = (e: Expr): boolean => isInteger(e.type) || e.type === 'undefined' || wholeLiteral(e);
      if (whole(left) && whole(right)) return (a, b) => `((long) ${a}) ${java} ((long) ${b})`;
      const exact = (fitsDouble(left) || separates(right)) && (fitsDouble(right) || separates(left));
      return exact ? (a, b) => `((double) ${a}) ${java} ((double) ${b})` : undefined;
    }
    case 'string':
      if (equality) return (a, b) => `${op === '!=' ? '!' : ''}((String) ${a}).equals((String) ${b})`;
      return (a, b) => `((String) ${a}).compareTo((String) ${b}) ${op} 0`;
    case 'boolean':
      return equality ? (a, b) => `((boolean) ${a}) ${java} ((boolean) ${b})` : undefined;
    case 'ip':
      return equality ? (a, b) => `${op === '!=' ? '!' : ''}((String) ${a}).equals((String) ${b})` : undefined;
    case 'temporal':
      return l === r || l === 'undefined' || r === 'undefined'
        ? (a, b) => temporalTest(op, typed(a, 'timestamp')!, typed(b, 'timestamp')!)
        : undefined;
    default:
      return undefined;
  }
}

/** `5.0` beside whole numbers is 5. */
const wholeLiteral = (expr: Expr): boolean =>
  expr.kind === 'literal' && typeof expr.value === 'number' && Number.isSafeInteger(expr.value);

function temporalTest(op: CompareOperator, a: string, b: string): string {
  switch (op) {
    case '=':
      return `${a}.isEqual(${b})`;
    case '!=':
      return `!${a}.isEqual(${b})`;
    case '<':
      return `${a}.isBefore(${b})`;
    case '<=':
      return `!${a}.isAfter(${b})`;
    case '>':
      return `${a}.isAfter(${b})`;
    case '>=':
      return `!${a}.isBefore(${b})`;
  }
}
