/** Writes one script: statements in order, locals, parameters, and the documents' fields that it reads. */
import { familyOf, isInteger, type SqlType, type Value } from '../../algebra/types.ts';
import { declarations } from './helpers.ts';

export interface Script {
  readonly source: string;
  readonly params: Readonly<Record<string, unknown>>;
}

/** A value of the script: a local of dynamic type, or a parameter. */
export interface Local {
  readonly name: string;
  readonly type: SqlType;
  /** A literal: no test for null is needed. */
  readonly present?: boolean;
}

/** A field of the document: `doc[params.p0]`. */
export interface DocField {
  readonly doc: string;
  /** True when the document (or its index) has no value. */
  readonly missing: string;
}

/** What a script says of a field of several values where one is needed; src/cluster/cluster-error.ts knows it. */
export const SEVERAL_VALUES = 'a field holds several values';
const SINGLE = (doc: string): string =>
  `if (${doc}.size() > 1) { throw new IllegalArgumentException('${SEVERAL_VALUES}'); }`;

export class Writer {
  private lines: string[] = [];
  private readonly head: string[] = [];
  private readonly params: Record<string, unknown> = {};
  private readonly known = new Map<string, string>();
  private readonly firsts = new Map<string, string>();
  private readonly atHand = new Map<string, string>();
  private locals = 0;

  line(text: string): void {
    this.lines.push(text);
  }

  local(): string {
    return `v${this.locals++}`;
  }

  /** Values always travel as parameters, so that a shape of script is compiled once; equal values share one. */
  param(value: unknown): string {
    const key =
      typeof value === 'bigint' ? `${value}n` : JSON.stringify(value, (_k, v) => (typeof v === 'bigint' ? `${v}n` : v));
    let name = this.known.get(key);
    if (name === undefined) {
      name = `p${this.known.size}`;
      this.known.set(key, name);
      this.params[name] = value;
    }
    return `params.${name}`;
  }

  field(path: string, partial: boolean): DocField {
    const name = this.param(path);
    const doc = `doc[${name}]`;
    const empty = `${doc}.size() == 0`;
    return { doc, missing: partial ? `(!doc.containsKey(${name}) || ${empty})` : empty };
  }

  /** The field's one value or null, read once before everything else; within `each`, the value at hand. */
  first({ doc, missing }: DocField): string {
    let name = this.atHand.get(doc) ?? this.firsts.get(doc);
    if (name === undefined) {
      name = this.local();
      this.firsts.set(doc, name);
      this.head.push(`def ${name} = null; if (!(${missing})) { ${SINGLE(doc)} ${name} = ${doc}.value; }`);
    }
    return name;
  }

  /** The local that holds the field's value at hand, within `each`. */
  valueAtHand({ doc }: DocField): string | undefined {
    return this.atHand.get(doc);
  }

  /** What `write` writes, once for each value of the fields (null where there is none), until `done` holds. */
  each<T>(fields: readonly DocField[], done: string, write: () => T): T {
    const [field, ...others] = fields;
    if (!field) return write();
    const [values, value] = [this.local(), this.local()];
    this.head.push(`def ${values} = ${field.missing} ? (def) [null] : (def) ${field.doc};`);
    this.atHand.set(field.doc, value);
    const { text, result } = this.block(() => this.each(others, done, write));
    this.atHand.delete(field.doc);
    this.line(`for (def ${value} : ${values}) { ${text} if (${done}) { break; } }`);
    return result;
  }

  /** What `write` writes, as a block's text. Its answer undefined: nothing is kept. */
  block<T>(write: () => T): { readonly text: string; readonly result: T } {
    const outer = this.lines;
    this.lines = [];
    try {
      const result = write();
      return { text: this.lines.join(' '), result };
    } finally {
      this.lines = outer;
    }
  }

  script(result: string): Script {
    const body = [...this.head, ...this.lines, `return ${result};`].join(' ');
    return { source: declarations(body) + body, params: this.params };
  }
}

/** Whether JSON brings the value to the script as it is: whole numbers beyond 64 bits would come as another type. */
export function isParameter(value: Value): boolean {
  if (typeof value !== 'number') return true;
  return Number.isFinite(value) && (Math.abs(value) < 2 ** 63 || Math.abs(value) >= 1e21);
}

/** The value as the type that its operations need. */
export function typed(name: string, type: SqlType): string | undefined {
  switch (familyOf(type)) {
    case 'number':
      return isInteger(type) ? `((long) ${name})` : `((double) ${name})`;
    case 'string':
    case 'ip':
      return `((String) ${name})`;
    case 'boolean':
      return `((boolean) ${name})`;
    case 'temporal':
      return `((ZonedDateTime) ${name})`;
    default:
      return undefined;
  }
}

/** `a != null && b != null` of those that may be. */
export const presence = (locals: readonly Local[]): string =>
  locals
    .filter((local) => !local.present)
    .map((local) => `${local.name} != null`)
    .join(' && ') || 'true';
