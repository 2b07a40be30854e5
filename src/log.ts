/** The log: JSON lines on standard output. The only importer of winston, so that it can be replaced here. */
import { createLogger, format, type Logger, transports } from 'winston';

export interface Log {
  /** Whether records of this level are written: those that cost something are made only then. */
  writes(level: Exclude<LogLevel, 'silent'>): boolean;
  error(message: string, data?: LogData): void;
  warn(message: string, data?: LogData): void;
  info(message: string, data?: LogData): void;
  debug(message: string, data?: LogData): void;
}

export type LogData = Readonly<Record<string, unknown>>;
export type LogLevel = 'error' | 'warn' | 'info' | 'debug' | 'silent';

/** Where winston's transports look for the finished line. */
const MESSAGE = Symbol.for('message');

const anyValue = format.json();

/** One pass over the record: winston's own `json`, which sorts keys and copies values, is kept for what plain JSON cannot say. */
const line = format((info) => {
  const { level, message, ...data } = info;
  const record = { level, message, timestamp: new Date().toISOString(), ...data };
  try {
    info[MESSAGE] = JSON.stringify(record);
    return info;
  } catch {
    return anyValue.transform(Object.assign(info, record), { bigint: true });
  }
});

export function createLog(level: LogLevel, stream?: NodeJS.WritableStream): Log {
  const logger: Logger = createLogger({
    level: level === 'silent' ? 'error' : level,
    silent: level === 'silent',
    format: line(),
    transports: [stream === undefined ? new transports.Console() : new transports.Stream({ stream })],
  });
  const writes: Log['writes'] = (one) => level !== 'silent' && logger.isLevelEnabled(one);
  // What is below the level would be formatted all the same, and only then dropped.
  const at = (one: Exclude<LogLevel, 'silent'>): Log['info'] =>
    writes(one) ? (message, data) => void logger.log({ ...data, level: one, message }) : () => undefined;
  return { writes, error: at('error'), warn: at('warn'), info: at('info'), debug: at('debug') };
}

/** Strings first, so that nothing inside them is taken for something else; unfinished ones run to the end. */
const LITERALS =
  /'(?:[^'\\]|\\.|'')*(?:'|$)|"(?:[^"\\]|\\.|"")*(?:"|$)|`[^`]*(?:`|$)|--[^\n]*|\/\*[\s\S]*?(?:\*\/|$)|(?<![\w.$])\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/g;

const LONGEST = 2_000;

/** A statement without its data: literals are `?`, comments are gone; names and back-quoted names stay. */
export function maskLiterals(sql: string): string {
  const masked = sql
    .slice(0, LONGEST * 4)
    .replace(LITERALS, (found) => (found.startsWith('`') ? found : /^(--|\/\*)/.test(found) ? '' : '?'))
    .replace(/\s+/g, ' ')
    .trim();
  return masked.length > LONGEST ? `${masked.slice(0, LONGEST)}…` : masked;
}
