/** Window calls: those that depend on the order of peers get a total order, the others any. */
import type { Random } from '../../src/sample-data/random.ts';
import type { Expressions } from './expressions.ts';
import { type Family, type Node, node } from './node.ts';

/** The same for all peers. */
const RANKS = ['RANK()', 'DENSE_RANK()', 'PERCENT_RANK()', 'CUME_DIST()'];
const BY_ROW = ['ROW_NUMBER()', 'NTILE(3)'];
const NAVIGATION = ['LAG', 'LEAD', 'FIRST_VALUE', 'LAST_VALUE'];
const AGGREGATES = ['COUNT', 'SUM', 'AVG', 'MIN', 'MAX'];
const FRAMES = [
  'ROWS BETWEEN 1 PRECEDING AND CURRENT ROW',
  'ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING',
  'ROWS BETWEEN CURRENT ROW AND 2 FOLLOWING',
];
const SUFFIXES = ['', ' DESC', ' NULLS LAST', ' DESC NULLS FIRST'];

/** `last`: what makes an order total. */
export function windowCall(random: Random, make: Expressions, last: readonly string[]): Node {
  const partition = Array.from({ length: random.integer(0, 2) }, () => make.any(random.integer(0, 1)));
  const order = Array.from({ length: random.integer(0, 2) }, () => make.any(random.integer(0, 1)));
  const suffixes = order.map(() => random.pick(SUFFIXES));
  const roll = random.next();
  let call: (argument: string) => string;
  let family: Family = 'integer';
  let argument: Node | undefined;
  let total = true;
  let frame = '';
  if (roll < 0.2) {
    const name = random.pick(RANKS);
    call = () => name;
    if (name === 'PERCENT_RANK()' || name === 'CUME_DIST()') family = 'number';
    total = false;
  } else if (roll < 0.4) {
    const name = random.pick(BY_ROW);
    call = () => name;
  } else if (roll < 0.7) {
    const name = random.pick(NAVIGATION);
    family = make.anyFamily();
    argument = make.of(family, random.integer(0, 1));
    const far = name.startsWith('L') && !name.endsWith('VALUE') && random.chance(0.5) ? ', 2' : '';
    call = (a) => `${name}(${a}${far})`;
  } else {
    const name = random.pick(AGGREGATES);
    family = name === 'MIN' || name === 'MAX' ? make.anyFamily() : 'number';
    argument = make.of(family, random.integer(0, 1));
    call = (a) => `${name}(${a})`;
    total = random.chance(0.4);
    if (total && random.chance(0.5)) frame = ` ${random.pick(FRAMES)}`;
  }
  const arguments_ = argument ? 1 : 0;
  const print = (texts: readonly string[]): string => {
    const by = texts.slice(arguments_, arguments_ + partition.length);
    const keys = texts.slice(arguments_ + partition.length).map((text, i) => text + suffixes[i]);
    const all = total ? [...keys, ...last] : keys;
    const parts = [
      ...(by.length > 0 ? [`PARTITION BY ${by.join(', ')}`] : []),
      ...(all.length > 0 ? [`ORDER BY ${all.join(', ')}`] : []),
    ];
    return `${call(texts[0] ?? '')} OVER (${parts.join(' ')}${frame})`;
  };
  return node(family, [...(argument ? [argument] : []), ...partition, ...order], print);
}
