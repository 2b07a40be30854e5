/** How many rows a page asks for: as many as fit the aimed-at size of an answer, by what rows have taken so far. */
import type { Config } from '../config.ts';

type Limits = Pick<Config, 'pageRows' | 'maxPageBytes'>;

/** Rows of a first page, of which nobody knows how large they are. */
export const FIRST_PAGE = 1_000;
/** However large they are. */
const FEWEST = 100;

export function fittingRows({ maxPageBytes }: Pick<Config, 'maxPageBytes'>, rowBytes: number): number {
  return Math.max(FEWEST, Math.floor(maxPageBytes / rowBytes));
}

export interface PageSizes {
  next(): number;
  saw(rows: number, bytes: number): void;
}

export function pageSizes(limits: Limits, first = FIRST_PAGE): PageSizes {
  const { pageRows } = limits;
  let size = Math.min(first, pageRows);
  return {
    next: () => size,
    saw(rows, bytes) {
      if (rows > 0) size = Math.min(pageRows, fittingRows(limits, bytes / rows));
    },
  };
}
