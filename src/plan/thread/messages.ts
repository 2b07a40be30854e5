/** What the main thread and a planning thread say to each other: each question is answered by itself, from what it holds. */
import type { Value } from '../../../translators/algebra/index.ts';
import type { EncodedError, Graph } from '../../../translators/execution.ts';
import type { ParseOptions, Subquery } from '../../../translators/index.ts';
import type { Asking, Prepared, Seen, SplitAsking } from '../stage-work.ts';
import type { Packed } from './pack.ts';

/** Where a schema comes from. */
export interface Source {
  /** As the statement names it. */
  readonly name: string;
  /** What searches name. */
  readonly expression: string;
  readonly version: string;
  /** The mappings of its indices. */
  readonly mappings: Packed;
}

/** Logical plans that only planning threads read, and the schemas that they name. */
export interface PackedPlans {
  readonly plans: Packed;
  readonly sources: readonly Source[];
}

/** A statement over what is known of the indices that it names. */
export interface Stating {
  readonly asking: Asking;
  readonly parsing: ParseOptions;
  readonly sources: readonly Source[];
  readonly missing: readonly (readonly [name: string, error: EncodedError])[];
}

/** One of packed plans. */
export interface Naming extends PackedPlans {
  readonly index: number;
}

export interface Questions {
  readonly see: {
    readonly ask: { readonly sql: string; readonly parsing: ParseOptions };
    readonly answer: Seen;
  };
  readonly prepare: {
    readonly ask: Stating;
    readonly answer: { readonly plans: Packed; readonly rest: Graph };
  };
  readonly delete: {
    readonly ask: Stating & Pick<SplitAsking, 'filter' | 'scripts'>;
    readonly answer: { readonly graph: Graph };
  };
  readonly divide: {
    readonly ask: Naming & { readonly splitting: SplitAsking };
    readonly answer: { readonly graph: Graph; readonly several: Packed };
  };
  readonly subqueries: {
    readonly ask: Naming & { readonly session: SplitAsking['session'] };
    /** Each plan stands in the packed plans at its own place. */
    readonly answer: { readonly plans: Packed; readonly found: readonly SubqueryFound[] };
  };
  readonly answers: {
    readonly ask: Naming & {
      readonly session: SplitAsking['session'];
      readonly answers: readonly (readonly Value[] | undefined)[];
    };
    readonly answer: { readonly plans: Packed };
  };
}

interface SubqueryFound {
  readonly mode: Subquery['mode'];
  /** It holds subqueries itself. */
  readonly subqueries: boolean;
}

export type QuestionName = keyof Questions;

export type Question = { [N in QuestionName]: { readonly name: N; readonly ask: Questions[N]['ask'] } }[QuestionName];

/** `rest` of a prepared statement. */
export type PreparedRest = Omit<Prepared, 'logical'>;

/** What the planning of a statement may fail with, beside errors: it asks for a schema. */
export type Failure =
  | EncodedError
  | { readonly kind: 'schema'; readonly name: string; readonly at?: { readonly start: number; readonly end: number } };

export type Reply = { readonly answer: unknown } | { readonly failure: Failure };
