/** What the server counts and times, in a registry of its own, in the text form of Prometheus. */
import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';

export type Stage = 'parse' | 'plan' | 'mapping' | 'cluster' | 'decode' | 'format' | 'total';

export interface Metrics {
  readonly contentType: string;
  /** One finished request: the route's name, its status and how long it took. */
  request(route: string, status: number, seconds: number): void;
  stage(stage: Stage, seconds: number): void;
  rows(format: string, count: number): void;
  clusterCall(kind: string, status: number, seconds: number): void;
  clusterRetry(kind: string): void;
  error(type: string): void;
  /** One finished select: bytes read of the object, and sent as records. */
  select(done: SelectFigures): void;
  /** A job that has ended. */
  job(type: string, status: string, seconds: number): void;
  exported(rows: number, bytes: number): void;
  /** Asked with each reading of the figures: how many jobs there are by state and queue. */
  watchJobs(count: () => Promise<readonly JobFigure[]>): void;
  /** A client that took nothing of its answer for too long. */
  stalled(): void;
  /** What tells a figure of this moment. */
  gauge(name: Live, read: () => number): void;
  /** The returned function ends the request. */
  begin(route: string): () => void;
  /** Figures that only this process can tell, for the stats route. */
  value(name: string, labels?: Readonly<Record<string, string>>): Promise<number>;
  text(): Promise<string>;
}

/** Figures that are asked for when they are read. */
const LIVE = {
  answer_bytes_waiting: 'Bytes of answers that are made and not yet taken by their clients',
  heavy_queries_running: 'Statements that hold a place of MAX_HEAVY_QUERIES',
  heavy_queries_waiting: 'Statements that wait for such a place',
  cursor_contexts: 'Contexts of points in time that open cursors of this server hold on the cluster',
} as const;
export type Live = keyof typeof LIVE;

export interface SelectFigures {
  readonly protocol: string;
  readonly source: string;
  readonly outcome: string;
  readonly scanned: number;
  readonly returned: number;
}

export interface JobFigure {
  readonly status: string;
  readonly queue: string;
  readonly count: number;
}

const BUCKETS = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300];
const PREFIX = 'sqlproxy_';

/** Long because every metric is one entry with its name and its help. */
export function createMetrics(): Metrics {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  const registers = [registry];
  const requests = new Counter({
    name: `${PREFIX}requests_total`,
    help: 'Requests by route and status',
    labelNames: ['route', 'status'],
    registers,
  });
  const durations = new Histogram({
    name: `${PREFIX}request_seconds`,
    help: 'Time from the first byte of a request to the last of its answer, by route',
    labelNames: ['route'],
    buckets: BUCKETS,
    registers,
  });
  const stages = new Histogram({
    name: `${PREFIX}stage_seconds`,
    help: 'Time of a SQL request by stage',
    labelNames: ['stage'],
    buckets: BUCKETS,
    registers,
  });
  const rows = new Counter({
    name: `${PREFIX}rows_total`,
    help: 'Rows sent, by format',
    labelNames: ['format'],
    registers,
  });
  const calls = new Histogram({
    name: `${PREFIX}cluster_call_seconds`,
    help: 'Calls of the cluster made for SQL requests, by kind and status (0: no answer)',
    labelNames: ['kind', 'status'],
    buckets: BUCKETS,
    registers,
  });
  const retries = new Counter({
    name: `${PREFIX}cluster_retries_total`,
    help: 'Calls of the cluster that were tried again',
    labelNames: ['kind'],
    registers,
  });
  const errors = new Counter({
    name: `${PREFIX}errors_total`,
    help: 'Errors answered, by type',
    labelNames: ['type'],
    registers,
  });
  const selects = new Counter({
    name: `${PREFIX}selects_total`,
    help: 'Selects by protocol, source and outcome (success, an error code, or gone)',
    labelNames: ['protocol', 'source', 'outcome'],
    registers,
  });
  const scanned = new Counter({
    name: `${PREFIX}select_scanned_bytes_total`,
    help: 'Bytes of objects read by selects, as stored',
    labelNames: ['protocol', 'source'],
    registers,
  });
  const returned = new Counter({
    name: `${PREFIX}select_returned_bytes_total`,
    help: 'Bytes of records sent by selects',
    labelNames: ['protocol', 'source'],
    registers,
  });
  const inFlight = new Gauge({
    name: `${PREFIX}requests_in_flight`,
    help: 'Requests being answered, by route',
    labelNames: ['route'],
    registers,
  });
  const jobSeconds = new Histogram({
    name: `${PREFIX}job_seconds`,
    help: 'Time that jobs ran on this server until they ended, by type and status',
    labelNames: ['type', 'status'],
    buckets: [0.1, 1, 10, 60, 600, 3_600, 36_000],
    registers,
  });
  const exportedRows = new Counter({ name: `${PREFIX}exported_rows_total`, help: 'Rows exported by jobs', registers });
  const exportedBytes = new Counter({
    name: `${PREFIX}exported_bytes_total`,
    help: 'Bytes of the files that jobs exported',
    registers,
  });
  const stalls = new Counter({
    name: `${PREFIX}stalled_clients_total`,
    help: 'Connections closed because their clients took nothing of an answer for too long',
    registers,
  });
  const live = new Map<string, () => number>();
  for (const [name, help] of Object.entries(LIVE)) {
    new Gauge({
      name: PREFIX + name,
      help,
      registers,
      collect() {
        this.set(live.get(name)?.() ?? 0);
      },
    });
  }
  let countJobs: (() => Promise<readonly JobFigure[]>) | undefined;
  new Gauge({
    name: `${PREFIX}jobs`,
    help: 'Jobs kept, of all servers that share them, by status and queue; LAUNCHING ones wait',
    labelNames: ['status', 'queue'],
    registers,
    async collect() {
      // The other figures are told also when the store of jobs does not answer.
      const counts = (await countJobs?.().catch(() => undefined)) ?? [];
      this.reset();
      for (const { status, queue, count } of counts) this.set({ status, queue }, count);
    },
  });

  return {
    contentType: registry.contentType,
    request(route, status, seconds) {
      requests.inc({ route, status: String(status) });
      durations.observe({ route }, seconds);
    },
    stage: (stage, seconds) => stages.observe({ stage }, seconds),
    rows: (format, count) => rows.inc({ format }, count),
    clusterCall: (kind, status, seconds) => calls.observe({ kind, status: String(status) }, seconds),
    clusterRetry: (kind) => retries.inc({ kind }),
    error: (type) => errors.inc({ type }),
    select({ protocol, source, outcome, ...bytes }) {
      selects.inc({ protocol, source, outcome });
      scanned.inc({ protocol, source }, bytes.scanned);
      returned.inc({ protocol, source }, bytes.returned);
    },
    job: (type, status, seconds) => jobSeconds.observe({ type, status }, seconds),
    exported(rows, bytes) {
      exportedRows.inc(rows);
      exportedBytes.inc(bytes);
    },
    stalled: () => stalls.inc(),
    gauge: (name, read) => void live.set(name, read),
    watchJobs(count) {
      countJobs = count;
    },
    begin(route) {
      inFlight.inc({ route });
      let ended = false;
      return () => {
        if (ended) return;
        ended = true;
        inFlight.dec({ route });
      };
    },
    async value(name, labels = {}) {
      const metric = await registry.getSingleMetric(PREFIX + name)?.get();
      const matching = metric?.values.filter((one) =>
        Object.entries(labels).every(([label, wanted]) => String(one.labels[label]) === wanted),
      );
      return (matching ?? []).reduce((sum, one) => sum + one.value, 0);
    },
    text: () => registry.metrics(),
  };
}
