/** The kernel that finds records and cells in csv (`kernels/csv-kernel.ts`). Addresses are of bytes; flags are 0 or 1. */
import { csvCode } from '../../kernels/csv-code.ts';
import { KernelHolder } from '../../kernels/kernel.ts';

export interface CsvKernel {
  plainRecords(
    at: number,
    end: number,
    field: number,
    crLf: number,
    columns: number,
    needed: number,
    table: number,
    most: number,
  ): number;
  quotedRecords(
    at: number,
    end: number,
    field: number,
    quote: number,
    crLf: number,
    mostColumns: number,
    columns: number,
    needed: number,
    table: number,
    most: number,
    quotes: number,
    mostQuotes: number,
  ): number;
  nextAt(): number;
  needlessFound(): number;
  quotedEnd(
    at: number,
    end: number,
    field: number,
    quote: number,
    recordBytes: number,
    lineFeedsInQuotes: number,
    final: number,
  ): number;
  recordsEnd(): number;
  recordsFound(): number;
  delimitersFound(): number;
  delimitersOpen(): number;
}

export const csvKernel = new KernelHolder<CsvKernel>(csvCode);
