/** The one look-up of functions by name, and the reference that is printed from their rows. */

import type { AggregateFunction, RelevanceFunction, ScalarFunction } from '../algebra/function.ts';
import type { OperandForm } from '../algebra/function-facts.ts';
import { suggest } from '../algebra/suggest.ts';
import { aggregates } from './aggregate.ts';
import { listAggregates } from './aggregate-lists.ts';
import { buckets } from './bucket.ts';
import { conditional } from './conditional.ts';
import { datetime } from './datetime.ts';
import { json } from './json.ts';
import { math } from './math.ts';
import { objectMetrics } from './object-metrics.ts';
import { operators } from './operators.ts';
import { type IndexForm, printReference } from './reference.ts';
import { relevance } from './relevance.ts';
import { server } from './server.ts';
import { split } from './split.ts';
import { text } from './text.ts';
import { tryCast } from './try-cast.ts';

export const allScalarFunctions: readonly ScalarFunction[] = [
  ...operators,
  ...math,
  ...text,
  ...datetime,
  ...conditional,
  ...json,
  ...buckets,
  ...split,
  ...tryCast,
  ...server,
];

interface Named {
  readonly name: string;
  readonly aliases?: readonly string[];
}

function byName<T extends Named>(rows: readonly T[]): ReadonlyMap<string, T> {
  const map = new Map<string, T>();
  for (const row of rows) {
    for (const name of [row.name, ...(row.aliases ?? [])]) {
      const key = name.toUpperCase();
      if (map.has(key)) throw new Error(`two functions are called ${key}`);
      map.set(key, row);
    }
  }
  return map;
}

const scalars = byName(allScalarFunctions);

const byOperator = new Map(
  allScalarFunctions.flatMap((row) =>
    (row.operator?.written ?? []).map((sign): [string, ScalarFunction] => [`${row.operator!.of} ${sign}`, row]),
  ),
);

/** The function that an operator stands for. */
export function operatorFunction(sign: string, of: OperandForm): ScalarFunction {
  const found = byOperator.get(`${of} ${sign}`);
  if (!found) throw new Error(`no function stands for the operator ${sign}`);
  return found;
}

/** Names of functions that stand without parentheses. */
export const bareFunctions: ReadonlySet<string> = new Set(allScalarFunctions.flatMap((row) => row.bare ?? []));

export const allAggregates: readonly AggregateFunction[] = [...aggregates, ...listAggregates, ...objectMetrics];

const aggregatesByName = byName(allAggregates);
const relevanceByName = byName(relevance);

export const scalarFunction = (name: string): ScalarFunction | undefined => scalars.get(name.toUpperCase());
export const aggregateFunction = (name: string): AggregateFunction | undefined =>
  aggregatesByName.get(name.toUpperCase());
export const relevanceFunction = (name: string): RelevanceFunction | undefined =>
  relevanceByName.get(name.toUpperCase());

/** Whether `name=value` in the parentheses of this function is an argument: every search takes its options so. */
export const takesNames = (name: string): boolean =>
  Boolean(scalarFunction(name)?.named || aggregateFunction(name)?.named || relevanceFunction(name));

/** The function that a misspelt name was probably meant to be. */
export function suggestFunction(name: string): string | undefined {
  const names = [...scalars.keys(), ...aggregatesByName.keys(), ...relevanceByName.keys()];
  return suggest(
    name.toUpperCase(),
    names.filter((known) => /^\w+$/.test(known)),
  );
}

/** Markdown tables of every function, for the documentation. */
export const functionReference = (indexForm?: IndexForm): string =>
  printReference({ scalars: allScalarFunctions, aggregates: allAggregates, relevance }, indexForm);
