/** The log: JSON lines on standard output. The only importer of winston, so that it can be replaced here. */
import { createLogger, format, type Logger, transports } from 'winston';

export interface Log {
  error(message: string, data?: LogData): void;
  warn(message: string, data?: LogData): void;
  info(message: string, data?: LogData): void;
  debug(message: string, data?: LogData): void;
}

export type LogData = Readonly<Record<string, unknown>>;
export type LogLevel = 'error' | 'warn' | 'info' | 'debug' | 'silent';

export function createLog(level: LogLevel, stream?: NodeJS.WritableStream): Log {
  const logger: Logger = createLogger({
    level: level === 'silent' ? 'error' : level,
    silent: level === 'silent',
    format: format.combine(format.timestamp(), format.json({ bigint: true })),
    transports: [stream === undefined ? new transports.Console() : new transports.Stream({ stream })],
  });
  return {
    error: (message, data) => void logger.error(message, data),
    warn: (message, data) => void logger.warn(message, data),
    info: (message, data) => void logger.info(message, data),
    debug: (message, data) => void logger.debug(message, data),
  };
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
