/** The `jdbc` format: one JSON object with schema and positional rows (spec sql-endpoint 4.2). Drivers fail on any further top-level key. */
import { SQL_TYPES } from '../../translators/algebra/index.ts';
import type { OutputColumn, Page } from '../rows/page.ts';
import { indentedJsonPrinter, isPlainJson, jsonPrinter } from './json-text.ts';
import type { RowText, Writer, WriterOptions } from './writer.ts';

export const JSON_TYPE = 'application/json; charset=UTF-8';
/** Drivers read `total` and `size` as 32-bit integers. */
const MAX_INT = 2_147_483_647;

interface Layout {
  readonly open: string;
  readonly firstRow: string;
  readonly nextRow: string;
  readonly rowOpen: string;
  readonly cell: string;
  readonly rowClose: string;
  readonly closeRows: string;
  readonly member: (name: string, value: string) => string;
  readonly close: string;
}

const COMPACT: Layout = {
  open: '"datarows":[',
  firstRow: '',
  nextRow: ',',
  rowOpen: '[',
  cell: ',',
  rowClose: ']',
  closeRows: ']',
  member: (name, value) => `,"${name}":${value}`,
  close: '}',
};

const INDENTED: Layout = {
  open: '  "datarows": [',
  firstRow: '\n    ',
  nextRow: ',\n    ',
  rowOpen: '[\n      ',
  cell: ',\n      ',
  rowClose: '\n    ]',
  closeRows: '\n  ]',
  member: (name, value) => `,\n  "${name}": ${value}`,
  close: '\n}',
};

export function jdbcWriter({ columns, pretty = false }: WriterOptions): Writer {
  const layout = pretty ? INDENTED : COMPACT;
  const printers = columns.map(({ type }) => (pretty ? indentedJsonPrinter(type, 3) : jsonPrinter(type)));
  const plain = !pretty && columns.every(({ type }) => isPlainJson(type));
  let count = 0;
  return {
    contentType: JSON_TYPE,
    statesTotal: true,
    header() {
      const schema = columns.map(schemaEntry);
      if (!pretty) return `{"schema":${JSON.stringify(schema)},${layout.open}`;
      return `{\n  "schema": ${JSON.stringify(schema, null, 2).replaceAll('\n', '\n  ')},\n${layout.open}`;
    },
    page(rows) {
      let text = plain ? plainRows(rows) : undefined;
      if (text !== undefined) {
        if (count > 0 && rows.length > 0) text = layout.nextRow + text;
        count += rows.length;
        return text;
      }
      text = '';
      for (const row of rows) {
        text += (count++ === 0 ? layout.firstRow : layout.nextRow) + layout.rowOpen;
        for (let i = 0; i < printers.length; i++) text += (i === 0 ? '' : layout.cell) + printers[i]!(row[i]!);
        text += layout.rowClose;
      }
      return text;
    },
    ...(pretty ? {} : { rowText: compactRows(printers) }),
    encoded(rows, added) {
      const text = count === 0 ? rows.subarray(layout.nextRow.length) : rows;
      count += added;
      return text;
    },
    end({ total = count, cursor }) {
      const { member } = layout;
      const size = Math.min(count, MAX_INT);
      const all = Math.min(Math.max(total, count), MAX_INT);
      const rows = count === 0 ? ']' : layout.closeRows;
      const next = cursor === undefined ? '' : member('cursor', JSON.stringify(cursor));
      return `${rows}${member('total', `${all}`)}${member('size', `${size}`)}${member('status', '200')}${next}${layout.close}`;
    },
  };
}

const compactRows = (printers: RowText['printers']): RowText => ({
  name: 'jdbc',
  between: COMPACT.nextRow,
  open: COMPACT.rowOpen,
  separator: COMPACT.cell,
  close: COMPACT.rowClose,
  printers,
});

/** Rows in one go; undefined when a cell holds a long integer, for which JSON.stringify has no text. */
function plainRows(rows: Page): string | undefined {
  try {
    return JSON.stringify(rows).slice(1, -1);
  } catch (error) {
    if (error instanceof TypeError) return undefined;
    throw error;
  }
}

function schemaEntry({ name, alias, type }: OutputColumn): object {
  const shown = SQL_TYPES[type].shown;
  return alias === undefined ? { name, type: shown } : { name, alias, type: shown };
}
