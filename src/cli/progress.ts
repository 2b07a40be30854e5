/** Shows how far a job is: a line that is drawn anew on a terminal, lines one by one elsewhere. */

interface ProgressSink {
  write(text: string): void;
  readonly isTTY: boolean;
  readonly columns: number;
}

export interface Progress {
  readonly status: string;
  readonly rows: number;
  readonly bytes: number;
  readonly estimatedRows: number | undefined;
}

export interface ProgressView {
  show(what: string, progress: Progress): void;
  /** Leaves the last state standing. */
  end(): void;
}

const BAR = 24;
const LINE_EVERY = 5_000;

export function progressView(sink: ProgressSink, now: () => number = Date.now): ProgressView {
  return sink.isTTY ? redrawn(sink) : plain(sink, now);
}

function redrawn(sink: ProgressSink): ProgressView {
  let drawn = false;
  return {
    show(what, progress) {
      const line = `${what.padEnd(6)} ${bar(progress)} ${figures(progress)}`;
      sink.write(`\r\u001b[K${line.slice(0, Math.max(20, sink.columns - 1))}`);
      drawn = true;
    },
    end() {
      if (drawn) sink.write('\n');
      drawn = false;
    },
  };
}

function plain(sink: ProgressSink, now: () => number): ProgressView {
  let last = '';
  let shown = Number.NEGATIVE_INFINITY;
  return {
    show(what, progress) {
      const state = `${what} ${progress.status}`;
      if (state === last && now() - shown < LINE_EVERY) return;
      last = state;
      shown = now();
      sink.write(`${what}: ${progress.status.toLowerCase()}, ${figures(progress)}\n`);
    },
    end() {},
  };
}

function bar({ status, rows, estimatedRows = 0 }: Progress): string {
  const share = status === 'FINISHED' ? 1 : estimatedRows === 0 ? 0 : Math.min(0.99, rows / estimatedRows);
  const filled = Math.round(share * BAR);
  const percent = status === 'FINISHED' || estimatedRows > 0 ? `${Math.floor(share * 100)}%` : '';
  return `[${'='.repeat(filled)}${' '.repeat(BAR - filled)}] ${percent.padStart(4)}`;
}

function figures({ status, rows, bytes, estimatedRows }: Progress): string {
  const of =
    status === 'FINISHED' || estimatedRows === undefined || estimatedRows < rows
      ? ''
      : ` of about ${grouped(estimatedRows)}`;
  return `${grouped(rows)}${of} rows${bytes > 0 ? `, ${sizeText(bytes)}` : ''}`;
}

export function grouped(count: number): string {
  return String(count).replace(/\B(?=(\d{3})+(?!\d))/g, ',');
}

export function sizeText(bytes: number): string {
  const units = ['bytes', 'KiB', 'MiB', 'GiB', 'TiB'];
  let [value, at] = [bytes, 0];
  while (value >= 1024 && at < units.length - 1) {
    value /= 1024;
    at += 1;
  }
  return `${at === 0 ? value : value.toFixed(1)} ${units[at]}`;
}
