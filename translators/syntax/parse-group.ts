/** GROUP BY: plain keys, and the sets of keys that ROLLUP, CUBE and GROUPING SETS stand for (SQL:2016, 7.13). */
import type { ExprNode, SelectNode } from './ast.ts';
import { parseExpression } from './parse-expression.ts';
import { print } from './print.ts';
import type { TokenReader } from './token-reader.ts';

/** Each set is a grouping of all rows, so that CUBE of a dozen keys would be thousands of them. */
const MAX_SETS = 256;

type KeySet = readonly ExprNode[];

/** What stands behind GROUP BY. */
export function parseGroupBy(r: TokenReader): Pick<SelectNode, 'group' | 'sets'> {
  const { start } = r.tok;
  let plain = true;
  const elements = r.list(() => {
    const sets = parseSets(r);
    if (sets) plain = false;
    return sets ?? [keysOf(parseExpression(r))];
  });
  if (r.is('WITH') && r.peek().upper === 'ROLLUP') {
    r.eatPhrase('WITH', 'ROLLUP');
    if (!plain) r.error('WITH ROLLUP goes with plain keys only', start);
    return numbered(prefixes(elements.flat(2).map((key) => [key])));
  }
  if (plain) return { group: elements.flat(2) };
  // Sets beside one another are joined each with each.
  let sets: readonly KeySet[] = [[]];
  for (const element of elements) {
    sets = sets.flatMap((left) => element.map((right) => [...left, ...right]));
    checkNumber(sets.length, start, r);
  }
  return numbered(sets);
}

/** `()`, ROLLUP, CUBE or GROUPING SETS; undefined where none of them stands here. */
function parseSets(r: TokenReader): readonly KeySet[] | undefined {
  const { start } = r.tok;
  const next = r.peek().upper;
  if (r.is('(') && next === ')') {
    r.advance();
    r.advance();
    return [[]];
  }
  if (r.tok.upper === 'ROLLUP' && next === '(') return prefixes(parseKeySets(r));
  if (r.tok.upper === 'CUBE' && next === '(') {
    const keys = parseKeySets(r);
    checkNumber(2 ** keys.length, start, r);
    // Each number leaves out the keys of its bits, the first key by the highest one.
    return Array.from({ length: 2 ** keys.length }, (_, left) =>
      keys.filter((_, i) => ((left >> (keys.length - 1 - i)) & 1) === 0).flat(),
    );
  }
  if (r.tok.upper !== 'GROUPING' || next !== 'SETS') return undefined;
  r.advance();
  r.advance();
  const sets = r.parenthesised(() => r.list(() => parseSets(r) ?? [keysOf(parseExpression(r))])).flat();
  checkNumber(sets.length, start, r);
  return sets;
}

/** The list of ROLLUP or CUBE: a row of keys stands or falls as one. */
function parseKeySets(r: TokenReader): readonly KeySet[] {
  r.advance();
  return r.parenthesised(() => r.list(() => keysOf(parseExpression(r))));
}

/** All of the keys, all but the last one, and so on down to none. */
const prefixes = (keys: readonly KeySet[]): readonly KeySet[] => [
  ...keys.map((_, i) => keys.slice(0, keys.length - i).flat()),
  [],
];

/** `(a, b)` groups by each of them. */
const keysOf = (key: ExprNode): KeySet => (key.kind === 'row' ? key.items : [key]);

function checkNumber(count: number, start: number, r: TokenReader): void {
  if (count > MAX_SETS) r.error(`GROUP BY makes more than ${MAX_SETS} grouping sets`, start);
}

/** The keys each once, and the sets by their positions. */
function numbered(sets: readonly KeySet[]): Pick<SelectNode, 'group' | 'sets'> {
  const positions = new Map<string, number>();
  const group: ExprNode[] = [];
  const places = sets.map((set) => {
    const found = set.map((key) => {
      const text = print(key);
      const known = positions.get(text);
      if (known !== undefined) return known;
      positions.set(text, group.length);
      return group.push(key) - 1;
    });
    return [...new Set(found)];
  });
  return { group, sets: places };
}
