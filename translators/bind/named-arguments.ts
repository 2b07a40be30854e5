/** Arguments of the older engine's functions: `'name'='value'` pairs in any order, beside positional ones. */
import { place, SqlError } from '../errors.ts';
import type { CallNode, ExprNode } from '../syntax/ast.ts';
import { type ExprContext, semantic } from './context.ts';

export class NamedArguments {
  private readonly byName = new Map<string, ExprNode>();
  private readonly positional: ExprNode[];

  constructor(
    private readonly node: CallNode,
    private readonly context: ExprContext,
    allowed: readonly string[],
  ) {
    this.positional = [...node.args];
    for (const { name, value, at } of node.named) {
      if (!allowed.includes(name)) {
        const title = node.name.toLowerCase();
        throw semantic(
          context,
          at,
          `Parameter ${name} is invalid for ${title} function. It takes ${allowed.join(', ')}`,
        );
      }
      if (this.byName.has(name)) throw semantic(context, at, `Parameter '${name}' can only be specified once.`);
      this.byName.set(name, value);
    }
  }

  /** The value of a named argument, else the next positional one. */
  take(name: string): ExprNode | undefined {
    const node = this.byName.get(name);
    this.byName.delete(name);
    return node ?? this.positional.shift();
  }

  text(name: string): string | undefined {
    const node = this.byName.get(name);
    return node && literalText(node, this.context);
  }

  number(name: string): number | undefined {
    const text = this.text(name);
    return text === undefined ? undefined : numberOf(text, name);
  }

  /** A whole number from 0. */
  count(name: string): number | undefined {
    const value = this.number(name);
    if (value !== undefined && (!Number.isInteger(value) || value < 0)) {
      throw semantic(this.context, this.node.at, `'${name}' takes a whole number`);
    }
    return value;
  }

  /** Every positional argument that is left. */
  rest(): readonly ExprNode[] {
    return this.positional.splice(0);
  }

  /** Nothing may be left over: it would be dropped in silence. */
  end(): void {
    const [left] = this.positional;
    if (left) throw semantic(this.context, left.at, `${this.node.name.toLowerCase()}() does not take this argument`);
  }

  /** Options that cannot be honoured are said, not dropped: the answer would be another one. */
  refuse(names: readonly string[], why: string): void {
    const found = names.find((name) => this.byName.has(name));
    if (found !== undefined) {
      throw new SqlError(
        'unsupported',
        `'${found}' is not available here: ${why}${place(this.context.env.sql, this.node.at)}`,
      );
    }
  }
}

export function numberOf(text: string, name: string): number {
  const value = text.trim() === '' ? Number.NaN : Number(text);
  if (!Number.isFinite(value)) throw new SqlError('numberFormat', `'${name}' takes a number, not [${text}]`);
  return value;
}

/** The text of a literal, a bare word or a parameter. */
export function literalText(node: ExprNode, context: ExprContext): string {
  if (node.kind === 'literal' && node.value !== null) return String(node.value);
  if (node.kind === 'name') return node.parts.join('.');
  if (node.kind === 'parameter') {
    const value = context.env.parameters[node.index]?.value;
    if (value !== undefined && value !== null) return String(value);
  }
  throw new SqlError('syntax', `Expected a literal${place(context.env.sql, node.at)}`);
}
