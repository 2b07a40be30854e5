/** The settings of a job: `key = value` texts, of which two mean something here (spec dli-jobs 3). */

const TIMEOUT = 'dli.sql.job.timeout';
const RECORDS = 'spark.sql.files.maxRecordsPerFile';

/** Undefined for a text that is none. */
function splitConf(text: string): readonly [key: string, value: string] | undefined {
  const at = text.indexOf('=');
  const key = text.slice(0, at).trim();
  return at < 0 || key === '' ? undefined : [key, text.slice(at + 1).trim()];
}

/** What is wrong with a text of `conf`; undefined for nothing. Unknown keys are Spark's and mean nothing here. */
export function confProblem(text: string): string | undefined {
  const pair = splitConf(text);
  if (pair === undefined) return `conf must hold texts of the form key = value, '${text}' is none`;
  const [key, value] = pair;
  const whole = /^\d{1,15}$/.test(value);
  return (key === TIMEOUT || key === RECORDS) && !whole ? `${key} must be a whole number, it is '${value}'` : undefined;
}

/** Milliseconds; 0: none. The newer papers count it in seconds. */
export const timeoutOf = (conf: readonly string[]): number => numberOf(conf, TIMEOUT) * 1000;

/** 0: no limit. */
export const maxRecordsPerFileOf = (conf: readonly string[]): number => numberOf(conf, RECORDS);

function numberOf(conf: readonly string[], wanted: string): number {
  // The last one counts, as in Spark.
  const found = conf.map(splitConf).findLast((pair) => pair?.[0] === wanted);
  return found === undefined ? 0 : Number(found[1]);
}
