/** What a planning thread does: it answers questions one after the other, and keeps nothing between them but what it may find again. */
import type { LogicalPlan, Schema } from '../../../translators/algebra/index.ts';
import { SqlError } from '../../../translators/errors.ts';
import {
  buildSchema,
  decodeError,
  decodePlan,
  encodeError,
  encodePlan,
  type Graph,
  type Schemas,
} from '../../../translators/execution.ts';
import {
  type Catalog,
  hasSubqueries,
  type ParseOptions,
  parse,
  SchemaNeeded,
  type StatementNode,
  subqueriesIn,
  withAnswers,
} from '../../../translators/index.ts';
import { LruCache } from '../lru-cache.ts';
import { deletion, divided, prepared, seen } from '../stage-work.ts';
import type { Failure, Naming, Question, QuestionName, Questions, Reply, Source, Stating } from './messages.ts';
import { type Packed, pack, unpack } from './pack.ts';

type Turns = { readonly [N in QuestionName]: (ask: Questions[N]['ask']) => Questions[N]['answer'] };

const SCHEMAS_KEPT = 100;

export function createTurns(): (question: Question) => Reply {
  const schemas = new LruCache<Schema>(SCHEMAS_KEPT);
  let last: { readonly sql: string; readonly statement: StatementNode } | undefined;

  const read = (sql: string, parsing: ParseOptions): StatementNode => {
    // A statement is bound again for each schema that it turns out to lack.
    if (last?.sql !== sql) last = { sql, statement: parse(sql, parsing) };
    return last.statement;
  };
  const schemasOf = (sources: readonly Source[]): Schemas =>
    new Map(
      sources.map((source) => {
        const key = `${source.version} ${source.expression}`;
        let schema = schemas.get(key);
        if (!schema) {
          schema = buildSchema(source.expression, unpack(source.mappings) as Parameters<typeof buildSchema>[1]);
          schemas.set(key, schema);
        }
        return [source.name, schema];
      }),
    );
  const stated = ({ asking, parsing, sources, missing }: Stating) => {
    const known = schemasOf(sources);
    return { known, statement: read(asking.sql, parsing), catalog: catalogOf(known, new Map(missing), asking.sql) };
  };
  const planOf = ({ plans, index, sources }: Naming, session: Parameters<typeof subqueriesIn>[1]) => {
    const known = schemasOf(sources);
    const decoded = decodePlan(unpack(plans) as Graph, { schemas: known, session }) as readonly LogicalPlan[];
    return { known, logical: decoded[index]! };
  };

  const turns: Turns = {
    see: ({ sql, parsing }) => seen(read(sql, parsing)),
    prepare(ask) {
      const { known, statement, catalog } = stated(ask);
      const { logical, ...rest } = prepared(statement, catalog, ask.asking);
      return { plans: packedPlans([logical], known), rest: encodePlan(rest, known).graph };
    },
    delete(ask) {
      const { known, statement, catalog } = stated(ask);
      if (statement.kind !== 'delete') throw new SqlError('internal', `${statement.kind} deletes nothing`);
      return { graph: encodePlan(deletion(statement, catalog, ask.asking, ask), known).graph };
    },
    divide(ask) {
      const { known, logical } = planOf(ask, ask.splitting.session);
      const { graph, several } = encodePlan(divided(logical, ask.splitting), known);
      return { graph, several: packedPlans(several, known) };
    },
    subqueries(ask) {
      const { known, logical } = planOf(ask, ask.session);
      const found = subqueriesIn(logical, ask.session);
      const plans = found.map(({ plan }) => plan);
      return {
        plans: packedPlans(plans, known),
        found: found.map(({ mode, plan }) => ({ mode, subqueries: hasSubqueries(plan) })),
      };
    },
    answers(ask) {
      const { known, logical } = planOf(ask, ask.session);
      return { plans: packedPlans([withAnswers(logical, ask.answers, ask.session)], known) };
    },
  };

  return ({ name, ask }) => {
    try {
      return { answer: (turns[name] as (ask: Question['ask']) => unknown)(ask) };
    } catch (error) {
      return { failure: failureOf(error) };
    }
  };
}

export const packedPlans = (plans: readonly LogicalPlan[], schemas: Schemas): Packed =>
  pack(encodePlan(plans, schemas).graph);

const failureOf = (error: unknown): Failure =>
  error instanceof SchemaNeeded ? { kind: 'schema', name: error.expression, at: error.at } : encodeError(error);

function catalogOf(
  known: Schemas,
  missing: ReadonlyMap<string, Parameters<typeof decodeError>[0]>,
  sql: string,
): Catalog {
  return {
    schema(expression, at) {
      const schema = known.get(expression);
      if (schema) return schema;
      const failure = missing.get(expression);
      throw failure ? decodeError(failure, sql) : new SchemaNeeded(expression, at);
    },
  };
}
