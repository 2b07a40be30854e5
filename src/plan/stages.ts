/** The stages of planning, here for what is short and on the planning thread for what is not; what they hand on says where it is. */
import { setImmediate } from 'node:timers/promises';
import type { LogicalPlan, Physical, Schema, Session, Several } from '../../translators/algebra/index.ts';
import { SqlError } from '../../translators/errors.ts';
import { decodeError, decodingPlan, encodeError, type Graph, type Schemas } from '../../translators/execution.ts';
import {
  type Cells,
  hasSubqueries,
  type ParseOptions,
  parse,
  SchemaNeeded,
  type StatementNode,
  type Subquery,
  subqueriesIn,
  withAnswers,
} from '../../translators/index.ts';
import type { MappingSnapshot } from '../cluster/mapping-cache.ts';
import { type KnownCatalog, type Snapshots, schemaOf, wrapped } from './schemas.ts';
import {
  type Asking,
  type Divided,
  deletion,
  divided,
  prepared,
  type Seen,
  type SplitAsking,
  seen,
} from './stage-work.ts';
import type {
  Failure,
  Naming,
  PackedPlans,
  PreparedRest,
  QuestionName,
  Questions,
  Source,
  Stating,
} from './thread/messages.ts';
import { type Packed, pack } from './thread/pack.ts';
import { type PlanningThread, TurnFailed } from './thread/threads.ts';
import { packedPlans } from './thread/turns.ts';

/** Statements of more characters are planned on the thread, and so are those whose subqueries gave more values. */
const MOST_CHARACTERS = 4_096;
const MOST_VALUES = 4_096;

/** A statement that was read: here as a tree, there as what was seen of it. */
export interface ReadStatement extends Seen {
  readonly sql: string;
  readonly tree?: StatementNode;
}

/** A logical plan with the snapshots that its schemas were made of. */
export type PlanHandle =
  | { readonly place: 'here'; readonly logical: LogicalPlan; readonly snapshots: Snapshots }
  | { readonly place: 'there'; readonly plans: Packed; readonly index: number; readonly snapshots: Snapshots };

export type PreparedPlan = PreparedRest & { readonly plan: PlanHandle };

interface SubqueryPlan {
  readonly mode: Subquery['mode'];
  readonly plan: PlanHandle;
  /** It holds subqueries itself. */
  readonly subqueries: boolean;
}

type Deletion = ReturnType<typeof deletion>;

export class Stages {
  constructor(
    private readonly parsing: ParseOptions,
    private readonly thread: PlanningThread,
  ) {}

  async read(sql: string, signal: AbortSignal): Promise<ReadStatement> {
    if (sql.length <= MOST_CHARACTERS) {
      const tree = parse(sql, this.parsing);
      return { ...seen(tree), sql, tree };
    }
    return { ...(await this.ask('see', { sql, parsing: this.parsing }, sql, signal)), sql };
  }

  /** The tree, which is needed where a statement is planned here whatever its length. */
  treeOf({ tree, sql }: ReadStatement): StatementNode {
    return tree ?? parse(sql, this.parsing);
  }

  async prepare(
    { tree }: ReadStatement,
    catalog: KnownCatalog,
    asking: Asking,
    signal: AbortSignal,
  ): Promise<PreparedPlan> {
    const { snapshots } = catalog;
    if (tree) {
      const { logical, ...rest } = prepared(tree, catalog, asking);
      return { ...rest, plan: { place: 'here', logical, snapshots } };
    }
    const { plans, rest } = await this.askOver('prepare', this.stating(catalog, asking), catalog, asking.sql, signal);
    const decoded = (await readPlan(rest, { snapshots, session: asking.session })) as PreparedRest;
    return { ...decoded, plan: { place: 'there', plans, index: 0, snapshots } };
  }

  async delete(
    { tree }: ReadStatement,
    catalog: KnownCatalog,
    asking: Asking,
    splitting: Pick<SplitAsking, 'filter' | 'scripts'>,
    signal: AbortSignal,
  ): Promise<Deletion> {
    const { snapshots } = catalog;
    if (tree?.kind === 'delete') return deletion(tree, catalog, asking, splitting);
    const ask = { ...this.stating(catalog, asking), ...splitting };
    const { graph } = await this.askOver('delete', ask, catalog, asking.sql, signal);
    return (await readPlan(graph, { snapshots, session: asking.session })) as Deletion;
  }

  async divide(plan: PlanHandle, splitting: SplitAsking, signal: AbortSignal): Promise<Divided> {
    if (plan.place === 'here') return divided(plan.logical, splitting);
    const { snapshots } = plan;
    const { graph, several } = await this.ask('divide', { ...naming(plan), splitting }, '', signal);
    const apart = (index: number): Several => ({
      physical: async (): Promise<Physical> => {
        const over: PlanHandle = { place: 'there', plans: several, index, snapshots };
        return (await this.divide(over, { ...splitting, apart: true }, signal)).physical;
      },
      under: () => {
        throw new SqlError('internal', 'a plan that is divided already takes nothing in');
      },
    });
    return (await readPlan(graph, { snapshots, session: splitting.session, several: apart })) as Divided;
  }

  async subqueries(plan: PlanHandle, session: Session, signal: AbortSignal): Promise<readonly SubqueryPlan[]> {
    const { snapshots } = plan;
    if (plan.place === 'here') {
      return subqueriesIn(plan.logical, session).map(({ mode, plan: logical }) => ({
        mode,
        plan: { place: 'here', logical, snapshots },
        subqueries: hasSubqueries(logical),
      }));
    }
    const { plans, found } = await this.ask('subqueries', { ...naming(plan), session }, '', signal);
    return found.map((one, index) => ({ ...one, plan: { place: 'there', plans, index, snapshots } }));
  }

  async withAnswers(
    plan: PlanHandle,
    answers: readonly Cells[],
    session: Session,
    signal: AbortSignal,
  ): Promise<PlanHandle> {
    const { snapshots } = plan;
    const values = answers.reduce((sum, cells) => sum + (cells?.length ?? 0), 0);
    if (plan.place === 'here' && values <= MOST_VALUES) {
      return { place: 'here', logical: withAnswers(plan.logical, answers, session), snapshots };
    }
    const { plans } = await this.ask('answers', { ...naming(plan), session, answers }, '', signal);
    return { place: 'there', plans, index: 0, snapshots };
  }

  private stating({ snapshots, missing }: KnownCatalog, asking: Asking): Stating {
    return {
      asking,
      parsing: this.parsing,
      sources: sourcesOf(snapshots),
      missing: [...missing].map(([name, error]) => [name, encodeError(error)]),
    };
  }

  /** What the thread says of an index that is missing is what the catalog says. */
  private async askOver<N extends QuestionName>(
    name: N,
    ask: Questions[N]['ask'],
    { missing }: KnownCatalog,
    sql: string,
    signal: AbortSignal,
  ): Promise<Questions[N]['answer']> {
    try {
      return await this.ask(name, ask, sql, signal);
    } catch (error) {
      for (const own of missing.values()) {
        if (error instanceof SqlError && error.code === own.code && error.details === own.details) throw own;
      }
      throw error;
    }
  }

  private async ask<N extends QuestionName>(
    name: N,
    ask: Questions[N]['ask'],
    sql: string,
    signal: AbortSignal,
  ): Promise<Questions[N]['answer']> {
    try {
      return await this.thread.ask(name, ask, signal);
    } catch (error) {
      throw error instanceof TurnFailed ? failed(error.failure, sql) : error;
    }
  }
}

const failed = (failure: Failure, sql: string): Error =>
  failure.kind === 'schema' ? new SchemaNeeded(failure.name, failure.at) : decodeError(failure, sql);

const schemasOf = (snapshots: Snapshots): Schemas =>
  new Map([...snapshots].map(([name, snapshot]): [string, Schema] => [name, schemaOf(snapshot)]));

const sources = new WeakMap<MappingSnapshot, Packed>();

function sourcesOf(snapshots: Snapshots): readonly Source[] {
  return [...snapshots].map(([name, snapshot]) => {
    const { expression, version } = snapshot;
    let mappings = sources.get(snapshot);
    if (!mappings) {
      mappings = pack(wrapped(snapshot));
      sources.set(snapshot, mappings);
    }
    return { name, expression, version, mappings };
  });
}

/** The plan as the thread takes it. */
function naming(plan: PlanHandle): Naming {
  const { snapshots } = plan;
  const packed: PackedPlans = {
    plans: plan.place === 'there' ? plan.plans : packedPlans([plan.logical], schemasOf(snapshots)),
    sources: sourcesOf(snapshots),
  };
  return { ...packed, index: plan.place === 'there' ? plan.index : 0 };
}

/** Milliseconds of reading a plan until others are served. */
const READ_AT_A_TIME_MS = 20;

async function readPlan(
  graph: Graph,
  { snapshots, ...options }: { snapshots: Snapshots; session: Session; several?: (index: number) => Several },
): Promise<unknown> {
  const steps = decodingPlan(graph, { ...options, schemas: schemasOf(snapshots) });
  for (let since = performance.now(); ; ) {
    const { done, value } = steps.next();
    if (done) return value;
    if (performance.now() - since < READ_AT_A_TIME_MS) continue;
    await setImmediate();
    since = performance.now();
  }
}
