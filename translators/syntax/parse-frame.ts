/** The frame clause of a window, kept as normalised text: DuckDB runs windows and takes it as it stands. */
import { parseExpression } from './parse-expression.ts';
import { POWER } from './precedence.ts';
import { print } from './print.ts';
import type { TokenReader } from './token-reader.ts';

export function parseFrame(r: TokenReader): string | undefined {
  const unit = r.tok.upper;
  if (!r.isOneOf(['ROWS', 'RANGE', 'GROUPS'])) return undefined;
  r.advance();
  if (!r.eat('BETWEEN')) return `${unit} ${parseBound(r)}`;
  const low = parseBound(r);
  r.expect('AND');
  return `${unit} BETWEEN ${low} AND ${parseBound(r)}`;
}

function parseBound(r: TokenReader): string {
  if (r.eat('CURRENT')) {
    r.expect('ROW');
    return 'CURRENT ROW';
  }
  let distance = 'UNBOUNDED';
  if (!r.eat('UNBOUNDED')) {
    const { start } = r.tok;
    const bound = parseExpression(r, POWER.comparison);
    const fixed = bound.kind === 'interval' ? bound.value : bound;
    if (fixed.kind !== 'literal') r.error('a window frame needs a number or an interval', start);
    distance = print(bound);
  }
  const direction = r.tok.upper;
  if (!r.isOneOf(['PRECEDING', 'FOLLOWING'])) r.fail();
  r.advance();
  return `${distance} ${direction}`;
}
