/** What translation alone costs: every statement of the corpus from text to a plan and its search body, no cluster, no cache. */
import { explainPlan } from '../../src/plan/explain.ts';
import { bind, prepare, split } from '../../translators/index.ts';
import { hasSubqueries } from '../../translators/split/subqueries.ts';
import { parse } from '../../translators/syntax/parser.ts';
import { createCatalog } from '../corpus/translation/catalog.ts';
import { readSpec, specFiles } from '../corpus/translation/spec-file.ts';

export interface TranslationCost {
  readonly statements: number;
  /** Microseconds, over all statements and rounds. */
  readonly p50: number;
  readonly p99: number;
}

const SESSION = { now: '2024-05-17 10:20:30', today: '2024-05-17' };
const LIMITS = { sizeLimit: 10_000, maxRows: 10_000_000 };

export function measureTranslation(rounds: number): TranslationCost {
  const catalog = createCatalog();
  const translate = (sql: string): boolean => {
    const statement = parse(sql);
    if (statement.kind !== 'query') return false;
    const bound = bind(statement, { sql, catalog, parameters: [], session: SESSION });
    const logical = prepare(bound, LIMITS, SESSION);
    // What a subquery answers is known when it has run.
    if (hasSubqueries(logical)) return false;
    explainPlan(split(logical, { heapRows: 10_000, scripts: true, overflow: () => false }, SESSION));
    return true;
  };
  const statements = specFiles()
    .flatMap(readSpec)
    .map(({ sql }) => sql)
    .filter((sql) => translates(() => translate(sql)));
  const times: number[] = [];
  for (let round = 0; round < rounds * 2; round++) {
    for (const sql of statements) {
      const started = performance.now();
      translate(sql);
      // The first half warms up.
      if (round >= rounds) times.push((performance.now() - started) * 1_000);
    }
  }
  times.sort((a, b) => a - b);
  const at = (share: number): number => times[Math.floor(times.length * share)]!;
  return { statements: statements.length, p50: at(0.5), p99: at(0.99) };
}

/** Some statements of the corpus are there to be refused. */
function translates(f: () => boolean): boolean {
  try {
    return f();
  } catch {
    return false;
  }
}
