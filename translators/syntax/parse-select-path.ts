/** Paths of SQL over objects: `a.b`, `a[0].c`, `a['b']`, `s.*`, `s.tags[*]`, and those of FROM. */
import type { ExprNode, NameNode, PathStepNode } from './ast.ts';
import type { TokenReader } from './token-reader.ts';

/** A path in an expression: a name, then members and elements; `.*` only where a star may stand. */
export function parsePath(r: TokenReader): ExprNode {
  const { start } = r.tok;
  const parts: string[] = [];
  const quoted: boolean[] = [];
  const push = (): void => {
    quoted.push(r.tok.kind === 'quoted');
    parts.push(memberName(r));
  };
  push();
  while (r.eat('.')) {
    if (r.starAt === start && r.eat('*')) return { kind: 'star', qualifier: parts, at: r.span(start) };
    push();
  }
  let node: ExprNode = nameNode(parts, quoted, r.span(start));
  for (;;) {
    if (r.eat('[')) {
      const at = r.tok.start;
      let index: ExprNode;
      if (r.eat('*')) index = { kind: 'star', qualifier: [], at: r.span(at) };
      else if (isText(r)) index = { kind: 'literal', type: 'string', value: r.advance().text, at: r.span(at) };
      else index = { kind: 'literal', type: 'integer', value: elementIndex(r), at: r.span(at) };
      closeBracket(r);
      node = { kind: 'index', base: node, index, at: r.span(start) };
    } else if (r.eat('.')) {
      const at = r.tok.start;
      const isQuoted = r.tok.kind === 'quoted';
      const index = nameNode([memberName(r)], [isQuoted], r.span(at));
      node = { kind: 'index', base: node, index, at: r.span(start) };
    } else return node;
  }
}

const nameNode = (parts: readonly string[], quoted: readonly boolean[], at: NameNode['at']): NameNode => ({
  kind: 'name',
  parts,
  quoted,
  at,
});

/** The steps behind the table's name in FROM: `S3Object[*].people[0].*`. */
export function parseFromSteps(r: TokenReader): PathStepNode[] {
  const steps: PathStepNode[] = [];
  for (;;) {
    if (r.eat('.')) {
      if (r.eat('*')) steps.push({ kind: 'members' });
      else {
        const quoted = r.tok.kind === 'quoted';
        steps.push({ kind: 'member', name: memberName(r), quoted });
      }
    } else if (r.eat('[')) {
      if (r.eat('*')) steps.push({ kind: 'elements' });
      else if (isText(r)) steps.push({ kind: 'member', name: r.advance().text, quoted: true });
      else steps.push({ kind: 'element', index: elementIndex(r) });
      closeBracket(r);
    } else return steps;
  }
}

function memberName(r: TokenReader): string {
  const { kind, text } = r.tok;
  if ((kind !== 'word' && kind !== 'quoted') || text === '') r.wanted('ParseInvalidPathComponent', 'a name');
  r.advance();
  return text;
}

/** `['name']`, and `["name"]` as in JSON. */
const isText = (r: TokenReader): boolean => r.tok.kind === 'string' || r.tok.kind === 'quoted';

function elementIndex(r: TokenReader): number {
  if (r.tok.kind !== 'integer') r.wanted('ParseInvalidPathComponent', "a number, a name in quotes or '*'");
  return Number(r.advance().text);
}

function closeBracket(r: TokenReader): void {
  if (!r.eat(']')) r.wanted('ParseInvalidPathComponent', "']'");
}
