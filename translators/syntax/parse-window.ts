/** The window of a call: OVER and what stands behind it, and the specifications of the WINDOW clause. */
import type { WindowSpec } from './ast.ts';
import { NO_ITEM_ALIAS } from './keywords.ts';
import { parseExpression } from './parse-expression.ts';
import { parseFrame } from './parse-frame.ts';
import { parseOrderList } from './parse-query.ts';
import type { TokenReader } from './token-reader.ts';

/** `OVER (…)` and `OVER w`; undefined where OVER is an alias or does not stand here. */
export function parseOver(r: TokenReader): WindowSpec | undefined {
  if (!r.is('OVER')) return undefined;
  const { kind, upper } = r.peek();
  if (upper === '(') {
    r.advance();
    return r.parenthesised(() => parseWindowSpec(r));
  }
  const named = kind === 'quoted' || (kind === 'word' && !NO_ITEM_ALIAS.has(upper));
  if (!named) return undefined;
  r.advance();
  return { base: r.name(), partition: [], order: [] };
}

const PARTS: ReadonlySet<string> = new Set(['PARTITION', 'ORDER', 'ROWS', 'RANGE', 'GROUPS']);

/** What stands between the brackets: `[w] [PARTITION BY …] [ORDER BY …] [frame]`. */
export function parseWindowSpec(r: TokenReader): WindowSpec {
  const { kind, upper } = r.tok;
  const base = kind === 'quoted' || (kind === 'word' && !PARTS.has(upper)) ? r.name() : undefined;
  const partition = r.eatPhrase('PARTITION', 'BY') ? r.list(() => parseExpression(r)) : [];
  const order = parseOrderList(r);
  const frame = parseFrame(r);
  return { ...(base !== undefined && { base }), partition, order, ...(frame !== undefined && { frame }) };
}
