/** Jobs in an index of the cluster: several servers share them, each write guarded by the document's sequence number. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Cluster, RawCall } from '../../cluster/cluster.ts';
import { clusterError } from '../../cluster/cluster-error.ts';
import type { Identity } from '../../cluster/context.ts';
import type { JobStatus } from '../domain/model.ts';
import { changed, type JobRecord } from '../domain/record.ts';
import { INDEX_BODY, type JobDocument, jobDocument, MAPPING_UPGRADES, MAPPING_VERSION } from './index-mapping.ts';
import {
  type Due,
  folded,
  type JobCounts,
  type JobFilter,
  type JobStore,
  JobStoreError,
  type ListOrder,
  type Waiting,
} from './store.ts';

export interface IndexStoreDeps {
  readonly cluster: Cluster;
  /** This server's own: jobs of all callers are in one index, which callers need no right to. */
  readonly identity: Identity;
  readonly index: string;
}

type Json = Readonly<Record<string, unknown>>;

interface Hit {
  readonly _id: string;
  readonly _seq_no: number;
  readonly _primary_term: number;
  readonly _source: JobDocument;
}

/** Writers of one job are few: its server, and whoever cancels. */
const MOST_CONFLICTS = 50;
const MOST_SHARES = 1_000;
const READ_RETRIES = 5;
const UNENDED: Json = { terms: { status: ['LAUNCHING', 'RUNNING'] } };
/** Constant, so that it is compiled once. */
const DURATION =
  "doc['started'].size() == 0 ? 0 : (doc['ended'].size() == 0 ? params.now : doc['ended'].value.toInstant().toEpochMilli()) - doc['started'].value.toInstant().toEpochMilli()";

export async function openIndexStore(deps: IndexStoreDeps): Promise<JobStore> {
  const store = new IndexStore(deps);
  await store.prepare();
  return store;
}

class IndexStore implements JobStore {
  readonly description: string;

  constructor(private readonly deps: IndexStoreDeps) {
    this.description = `index ${deps.index}`;
  }

  /** Makes the index, or checks the one that is there. */
  async prepare(): Promise<void> {
    const made = await this.any({ method: 'PUT', path: '', body: INDEX_BODY });
    if (made.status < 400) return;
    if (!made.text.includes('resource_already_exists_exception')) throw clusterError(made.status, made.text);
    const found = await this.json<Record<string, { mappings?: { _meta?: { version?: number } } }>>({
      method: 'GET',
      path: '/_mapping',
      retries: READ_RETRIES,
    });
    const version = Object.values(found)[0]?.mappings?._meta?.version;
    const upgrade = MAPPING_UPGRADES[version ?? 0];
    if (upgrade !== undefined) {
      await this.ok({ method: 'PUT', path: '/_mapping', body: upgrade });
      return;
    }
    if (version !== MAPPING_VERSION) {
      throw new JobStoreError(
        `The index ${this.deps.index} is no index of jobs of this version (found ${version ?? 'none'}); set JOB_INDEX to another name.`,
      );
    }
  }

  async add(record: JobRecord): Promise<void> {
    const path = `/_create/${record.job.id}`;
    await this.ok({ method: 'PUT', path, parameters: { refresh: true }, body: jobDocument(record) });
  }

  async get(id: string): Promise<JobRecord | undefined> {
    return (await this.read(id))?._source.record;
  }

  async change(id: string, change: Parameters<JobStore['change']>[1]): Promise<JobRecord | undefined> {
    for (let conflicts = 0; conflicts < MOST_CONFLICTS; conflicts++) {
      const hit = await this.read(id);
      const before = hit?._source.record;
      const after = before && changed(before, change);
      if (hit === undefined || before === undefined || after === undefined) return undefined;
      const { status, text } = await this.any({
        method: 'PUT',
        path: `/_doc/${id}`,
        parameters: {
          if_seq_no: hit._seq_no,
          if_primary_term: hit._primary_term,
          // Searches see what others wait for; a heartbeat is nobody's news.
          refresh: isNews(before, after),
        },
        body: jobDocument(after),
      });
      if (status < 400) return after;
      if (status !== 409) throw clusterError(status, text);
      await sleep(Math.random() * 10 * (conflicts + 1));
    }
    throw new Error(`job ${id} could not be written: others wrote it ${MOST_CONFLICTS} times meanwhile`);
  }

  async list(filter: JobFilter, page: Parameters<JobStore['list']>[1]) {
    const query = { bool: { filter: conditions(filter) } };
    const most = INDEX_BODY.settings.index.max_result_window;
    const size = Math.max(0, Math.min(page.count, most - page.offset));
    const answer = await this.search({
      query,
      sort: sortOf(page.order, page.now),
      from: Math.min(page.offset, most - size),
      size,
      track_total_hits: true,
    });
    return { total: answer.hits.total.value, jobs: recordsOf(answer) };
  }

  async waiting(server: string, now: number): Promise<readonly Waiting[]> {
    const claimable = [
      { range: { leaseUntil: { lte: now } } },
      { bool: { filter: [{ term: { status: 'LAUNCHING' } }, { term: { server } }] } },
    ];
    const answer = await this.search({
      query: { bool: { filter: [UNENDED], should: claimable, minimum_should_match: 1 } },
      collapse: { field: 'share' },
      sort: [{ submitted: 'asc' }, { id: 'asc' }],
      size: MOST_SHARES,
    });
    return answer.hits.hits.map(({ _source: { id, queue, project, owner, submitted } }) => ({
      id,
      queue,
      project,
      owner,
      submitted,
    }));
  }

  cancelRequests(server: string): Promise<readonly string[]> {
    return this.ids([UNENDED, { term: { cancelRequested: true } }, { term: { server } }]);
  }

  abandoned(now: number): Promise<readonly string[]> {
    return this.ids([UNENDED, { term: { cancelRequested: true } }, { range: { leaseUntil: { lte: now } } }]);
  }

  async due(due: Due, limit: number): Promise<readonly JobRecord[]> {
    return recordsOf(
      await this.search({ query: { bool: { filter: dueConditions(due) } }, sort: [{ ended: 'asc' }], size: limit }),
    );
  }

  exportsOf(source: string): Promise<number> {
    return this.count([UNENDED, { term: { source } }]);
  }

  async remove(ids: readonly string[]): Promise<void> {
    if (ids.length === 0) return;
    const lines = ids.map((id) => `${JSON.stringify({ delete: { _id: id } })}\n`).join('');
    const { errors } = await this.json<{ errors: boolean }>({
      method: 'POST',
      path: '/_bulk',
      parameters: { refresh: true },
      body: lines,
    });
    if (errors) throw new Error(`some of ${ids.length} jobs could not be removed from ${this.description}`);
  }

  countOf(project: string): Promise<number> {
    return this.count([{ term: { project } }]);
  }

  async counts(): Promise<readonly JobCounts[]> {
    const answer = await this.search({
      size: 0,
      aggs: {
        status: { terms: { field: 'status', size: 10 }, aggs: { queue: { terms: { field: 'queue', size: 1_000 } } } },
      },
    });
    const { status } = answer.aggregations as {
      status: { buckets: { key: JobStatus; queue: { buckets: { key: string; doc_count: number }[] } }[] };
    };
    return status.buckets.flatMap((bucket) =>
      bucket.queue.buckets.map(({ key, doc_count }) => ({ status: bucket.key, queue: key, count: doc_count })),
    );
  }

  async releaseDead(): Promise<void> {
    // Servers of other machines cannot be looked at: their leases end with time.
  }

  async close(): Promise<void> {
    // The connections are the cluster's.
  }

  private async read(id: string): Promise<Hit | undefined> {
    // By id a document is read as it was last written, refreshed or not.
    const { status, text } = await this.any({
      method: 'GET',
      path: `/_doc/${encodeURIComponent(id)}`,
      retries: READ_RETRIES,
    });
    if (status < 400) return JSON.parse(text) as Hit;
    if (status === 404 && text.includes('"found":false')) return undefined;
    throw clusterError(status, text);
  }

  private async ids(filter: readonly Json[]): Promise<string[]> {
    const answer = await this.search({ query: { bool: { filter } }, size: MOST_SHARES, _source: false });
    return answer.hits.hits.map((hit) => hit._id);
  }

  private async count(filter: readonly Json[]): Promise<number> {
    const body = { query: { bool: { filter } } };
    return (await this.json<{ count: number }>({ method: 'POST', path: '/_count', body, retries: READ_RETRIES })).count;
  }

  private search(body: Json): Promise<Answer> {
    return this.json<Answer>({
      method: 'POST',
      path: '/_search',
      parameters: { allow_partial_search_results: false },
      body,
      retries: READ_RETRIES,
    });
  }

  private async json<T>(call: Omit<RawCall, 'kind'>): Promise<T> {
    return JSON.parse((await this.ok(call)).text) as T;
  }

  private ok(call: Omit<RawCall, 'kind'>) {
    return this.deps.cluster.call(this.call(call), this.context());
  }

  private any(call: Omit<RawCall, 'kind'>) {
    return this.deps.cluster.callAny(this.call(call), this.context());
  }

  private call(call: Omit<RawCall, 'kind'>): RawCall {
    return { ...call, kind: 'jobs', path: `/${encodeURIComponent(this.deps.index)}${call.path}` };
  }

  private context() {
    return { identity: this.deps.identity, calls: [] };
  }
}

interface Answer {
  readonly hits: { readonly total: { readonly value: number }; readonly hits: readonly Hit[] };
  readonly aggregations?: unknown;
}

const recordsOf = (answer: Answer): JobRecord[] => answer.hits.hits.map((hit) => hit._source.record);

function isNews(before: JobRecord, after: JobRecord): boolean {
  return (
    before.job.status !== after.job.status ||
    before.cancelRequested !== after.cancelRequested ||
    before.discarded !== after.discarded ||
    before.uncleaned !== after.uncleaned ||
    before.lease?.server !== after.lease?.server
  );
}

function sortOf(order: ListOrder, now: number): readonly Json[] {
  const direction = order.endsWith('desc') ? 'desc' : 'asc';
  if (order.startsWith('start_time')) return [{ submitted: direction }, { id: 'asc' }];
  const script = { source: DURATION, params: { now } };
  return [{ _script: { type: 'number', script, order: direction } }, { id: 'asc' }];
}

function dueConditions(due: Due): readonly Json[] {
  switch (due.kind) {
    case 'uncleaned':
      return [{ term: { uncleaned: true } }];
    case 'resultExpired':
      return [{ range: { resultExpires: { lte: due.now } } }];
    case 'ended':
      return [
        { range: { ended: { lt: due.before } } },
        ...(due.project === undefined ? [] : [{ term: { project: due.project } }]),
      ];
  }
}

/** Always of one project and one user: no filter can widen that. */
function conditions(filter: JobFilter): readonly Json[] {
  const { id, types, status, after, before, queue, owner, database, table, pattern, tags = [] } = filter;
  const terms = Object.entries({ id, status, queue, owner, database, table }).filter(
    ([, value]) => value !== undefined,
  );
  return [
    { term: { project: filter.project } },
    {
      bool: {
        should: [{ term: { submitter: filter.submitter } }, { bool: { must_not: { exists: { field: 'submitter' } } } }],
      },
    },
    ...terms.map(([field, value]) => ({ term: { [field]: value } })),
    ...(types === undefined ? [] : [{ terms: { type: types } }]),
    ...(after === undefined ? [] : [{ range: { submitted: { gt: after } } }]),
    ...(before === undefined ? [] : [{ range: { submitted: { lt: before } } }]),
    ...(pattern === undefined ? [] : [{ wildcard: { pieces: { value: `*${escaped(folded(pattern))}*` } } }]),
    ...tags.map((tag) => ({ term: { tags: tag } })),
  ];
}

const escaped = (text: string): string => text.replace(/[\\*?]/g, '\\$&');
