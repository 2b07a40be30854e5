/** Recognises statements whose rows may be read again: fields of one index expression, in no order and without a limit. */
import type { Column, Physical, SearchNode } from '../../../translators/algebra/index.ts';

interface PlainScan {
  readonly search: SearchNode;
  /** For each column of the statement, the place of its cell in the rows of the search. */
  readonly cells: readonly number[];
  /** A plan of the first rows only. */
  first(count: number): Physical;
}

export function plainScan(node: Physical): PlainScan | undefined {
  if (node.kind === 'search') {
    return isPlain(node)
      ? { search: node, cells: node.columns.map((_, i) => i), first: (count) => ({ ...node, count }) }
      : undefined;
  }
  if (node.kind !== 'project') return undefined;
  const below = plainScan(node.input);
  if (below === undefined) return undefined;
  const cells: number[] = [];
  const columns = columnsBelow(node.input);
  for (const { expr } of node.items) {
    if (expr.kind !== 'column') return undefined;
    cells.push(below.cells[columns.indexOf(expr.column)]!);
  }
  return { search: below.search, cells, first: (count) => ({ ...node, input: below.first(count) }) };
}

/** Of a search or of projections over one. */
const columnsBelow = (node: Physical): readonly Column[] =>
  node.kind === 'project' ? node.items.map(({ column }) => column) : node.kind === 'search' ? node.columns : [];

function isPlain({ scan, sort, count, offset }: SearchNode): boolean {
  return (
    count === Number.POSITIVE_INFINITY &&
    offset === 0 &&
    (sort === undefined || sort.length === 0) &&
    scan.hints?.collapse === undefined &&
    (scan.highlights ?? []).length === 0
  );
}
