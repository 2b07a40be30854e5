/** Takes rows apart for a group-by over several values: each key of a row once, each element once in each of its groups. */
import {
  type ApartNode,
  type ApartPart,
  type Column,
  columnsOf,
  columnsOfPhysical,
  type Session,
  type SqlType,
  type Value,
} from '../../translators/algebra/index.ts';
import { canonicalIp, compileCondition, compileExpr, elementReader, scalarCheck } from '../../translators/execution.ts';
import { collectionsIn } from '../../translators/index.ts';
import type { Page, Row } from '../rows/page.ts';
import { elementsOf } from './unnest.ts';

/** A row beside one element of each collection that was opened; an element's name tells it from all others of the row. */
interface Frame {
  readonly row: Row;
  readonly names: readonly (string | undefined)[];
}

interface Part {
  readonly number: number;
  readonly own: readonly number[];
  /** The collections to open: its own, those of the keys and those that its condition looks at. */
  readonly open: readonly number[];
  readonly test?: (row: Row) => boolean;
  readonly each: boolean;
  readonly at: number;
  readonly values: readonly ((row: Row) => Value)[];
}

export function runApart(node: ApartNode, session: Session): (page: Page) => Page {
  const columns = [
    ...columnsOfPhysical(node.input),
    ...node.collections.flatMap((c) => c.columns.map((m) => m.column)),
  ];
  const keysOf = keyReader(node, columns, session);
  const open = opener(node, columns);
  const parts = partsOf(node, columns, session);
  const width = columnsOfPhysical(node).length;
  const first = 1 + node.keys.length;
  return (page) => {
    const out: Page = [];
    for (const row of page) {
      const frames = open(row);
      for (const part of parts) {
        const seen = new Set<string>();
        for (const { row: beside, names } of frames(part.open)) {
          if (part.test && !part.test(beside)) continue;
          for (const { cells, text } of keysOf(beside)) {
            const name = `${text} ${part.own.map((i) => names[i]).join(' ')}`;
            if (seen.has(name)) continue;
            seen.add(name);
            for (const values of valuesOf(part, beside)) {
              const made: Row = new Array<Value>(width).fill(null);
              made[0] = part.number;
              for (const [i, cell] of cells.entries()) made[1 + i] = cell;
              for (const [i, value] of values.entries()) made[first + part.at + i] = value;
              out.push(made);
            }
          }
        }
      }
    }
    return out;
  };
}

function partsOf(node: ApartNode, columns: readonly Column[], session: Session): readonly Part[] {
  let at = 0;
  return node.parts.map((part, number) => {
    const made: Part = {
      number,
      own: part.own,
      open: openedBy(part, node),
      ...(part.filter ? { test: compileCondition(part.filter, columns, session) } : {}),
      each: part.each === true,
      at,
      values: part.values.map(({ expr }) => compileExpr(expr, columns, session)),
    };
    at += part.values.length;
    return made;
  });
}

function openedBy({ own, filter }: ApartPart, { keys, collections }: ApartNode): readonly number[] {
  const read = collectionsIn([...keys.map((key) => key.expr), ...(filter ? [filter] : [])], collections);
  return [...new Set([...own, ...read])].sort((a, b) => a - b);
}

function valuesOf(part: Part, row: Row): readonly (readonly Value[])[] {
  const values = part.values.map((get) => get(row));
  const [only] = values;
  if (!part.each) return [values];
  return Array.isArray(only) ? (only as readonly Value[]).filter((v) => v !== null).map((v) => [v]) : [values];
}

/** The frames of a row with the elements of some collections, made once for each choice of them. */
function opener(
  { collections, input }: ApartNode,
  columns: readonly Column[],
): (row: Row) => (open: readonly number[]) => readonly Frame[] {
  const width = columns.length - columnsOfPhysical(input).length;
  const readers = collections.map(({ source, columns: made }) => ({
    source: columns.indexOf(source),
    around: collections.findIndex((one) => one.columns.some(({ column }) => column === source)),
    cells: made.map(({ column, path }) => ({ at: columns.indexOf(column), read: elementReader(path) })),
  }));
  const inside = (frame: Frame, i: number): readonly Frame[] => {
    const { source, around, cells } = readers[i]!;
    return elementsOf(frame.row[source] ?? null).map((element, n) => {
      const row = frame.row.slice();
      for (const { at, read } of cells) row[at] = read(element);
      return { row, names: frame.names.with(i, `${around < 0 ? '' : frame.names[around]}/${n}`) };
    });
  };
  return (row) => {
    const none: Frame = {
      row: [...row, ...new Array<Value>(width).fill(null)],
      names: collections.map(() => undefined),
    };
    const made = new Map<string, readonly Frame[]>();
    return (open) => {
      const key = open.join();
      let frames = made.get(key);
      if (!frames) {
        frames = open.reduce<readonly Frame[]>((all, i) => all.flatMap((frame) => inside(frame, i)), [none]);
        made.set(key, frames);
      }
      return frames;
    };
  };
}

interface Key {
  readonly cells: readonly Value[];
  readonly text: string;
}

/** The different keys of a row: one for each choice of a value from every field that they look at. */
function keyReader(node: ApartNode, columns: readonly Column[], session: Session): (row: Row) => readonly Key[] {
  const getters = node.keys.map(({ expr }) => compileExpr(expr, columns, session));
  const places = [...columnsOf(...node.keys.map((key) => key.expr))]
    .filter(({ type }) => scalarCheck(type))
    .map((column) => columns.indexOf(column));
  const types = node.keys.map((key) => key.column.type);
  return (row) => {
    const keys = new Map<string, Key>();
    for (const choice of choices(row, places)) {
      const cells = getters.map((get) => get(choice));
      const text = cells.map((cell, i) => textOf(cell, types[i]!)).join('\0');
      if (!keys.has(text)) keys.set(text, { cells, text });
    }
    const all = [...keys.values()];
    return all.length < 2 ? all : all.filter((key) => !all.some((other) => other !== key && says(other, key)));
  };
}

/** NULL is a key only where no other value is. */
const says = (other: Key, key: Key): boolean =>
  key.cells.every((cell, i) => cell === null || cell === other.cells[i]) && key.cells.includes(null);

function* choices(row: Row, places: readonly number[]): Generator<Row> {
  const at = places.find((place) => Array.isArray(row[place]));
  if (at === undefined) {
    yield row;
    return;
  }
  const values = (row[at] as readonly Value[]).filter((value) => value !== null);
  for (const value of values.length > 0 ? values : [null]) yield* choices(row.with(at, value), places);
}

/** One text for values that make one group. */
function textOf(value: Value, type: SqlType): string {
  if (value === null) return '';
  if (typeof value === 'string') return `s${type === 'ip' ? (canonicalIp(value) ?? value) : value}`;
  if (typeof value === 'number') return `n${type === 'float' ? Math.fround(value) : value === 0 ? 0 : value}`;
  return JSON.stringify(value, (_, inner: unknown) => (typeof inner === 'bigint' ? `${inner}` : inner));
}
