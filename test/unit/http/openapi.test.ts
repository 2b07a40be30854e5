/** The description of the routes is whole: it refers to nothing that is missing and lists what the tables have. */
import { describe, expect, it } from 'vitest';
import { jobTarget } from '../../../src/http/jobs/jobs-routes.ts';
import { openApi } from '../../../src/http/openapi/openapi.ts';
import { SQL_ROOTS } from '../../../src/http/sql/sql.ts';
import { readSqlRequest, URL_PARAMETERS } from '../../../src/http/sql/sql-request.ts';
import { DLI_ERRORS } from '../../../src/jobs/domain/errors.ts';
import { ERRORS } from '../../../translators/errors.ts';

type Node = { readonly [key: string]: Node | string | number | boolean | null | undefined } | readonly Node[];

const text = JSON.stringify(openApi('1.2.3'));
const document = JSON.parse(text) as {
  readonly openapi: string;
  readonly info: { readonly title: string; readonly version: string };
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
  readonly components: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
};

interface Operation {
  readonly operationId: string;
  readonly tags: readonly string[];
  readonly parameters?: readonly { readonly $ref: string }[];
  readonly responses: Readonly<Record<string, unknown>>;
}

const operations = Object.entries(document.paths).flatMap(([path, methods]) =>
  Object.entries(methods).map(([method, operation]) => ({ path, method, operation })),
);

function at(pointer: string): unknown {
  return pointer
    .replace(/^#\//, '')
    .split('/')
    .reduce<unknown>((node, key) => (node as Record<string, unknown> | undefined)?.[key], document);
}

describe('the OpenAPI document', () => {
  it('is of version 3.1 and names this server', () => {
    expect(document.openapi).toBe('3.1.0');
    expect(document.info).toMatchObject({ title: 'opensearch-sql-proxy', version: '1.2.3' });
    // What JSON cannot hold would be lost without a word.
    expect(document).toEqual(openApi('1.2.3'));
  });

  it('refers to nothing that is missing', () => {
    const refs = [...text.matchAll(/"\$ref":"([^"]+)"/g)].map(([, pointer]) => pointer!);
    expect(refs.length).toBeGreaterThan(50);
    expect(refs.filter((pointer) => at(pointer) === undefined)).toEqual([]);
  });

  it('has no component that nobody uses', () => {
    const defined = ['parameters', 'responses', 'schemas'].flatMap((kind) =>
      Object.keys(document.components[kind]!).map((name) => `#/components/${kind}/${name}`),
    );
    expect(defined.filter((pointer) => !text.includes(`"${pointer}"`))).toEqual([]);
  });

  it('has every route, each operation by a name of its own', () => {
    const sql = SQL_ROOTS.flatMap((root) => [root, `${root}/_explain`, `${root}/close`, `${root}/stats`]);
    const own = ['/_proxy/health', '/_proxy/metrics', '/_proxy/openapi.json'];
    const select = ['/{bucket}/{key}', '/v1/{bucket}/{key}', '/v1/{bucket}'];
    expect(Object.keys(document.paths)).toEqual(expect.arrayContaining([...sql, ...own, ...select]));
    const ids = operations.map(({ operation }) => operation.operationId);
    expect(new Set(ids).size).toBe(ids.length);
    expect(ids.filter((id) => !/^\w+$/.test(id))).toEqual([]);
    for (const { method, operation } of operations) {
      expect(['get', 'post', 'put', 'delete']).toContain(method);
      expect(Object.keys(operation.responses)).toContain('200');
      expect(Object.keys(operation.responses).every((status) => /^[2-5]\d\d$/.test(status))).toBe(true);
    }
  });

  it('has every job route, as the server tells them apart', () => {
    const jobs = operations.filter(({ operation }) => operation.tags.includes('jobs'));
    const kinds = jobs.map(({ path, method }) => {
      const values = { project_id: 'p1', job_id: '37a40ef9-86f5-42e6-b4c6-8febec89cc20', queue_name: 'q1' };
      const real = path.replace(/\{(\w+)\}/g, (_, name: string) => values[name as keyof typeof values]);
      return jobTarget(method.toUpperCase(), real)?.route.kind;
    });
    expect(kinds).not.toContain('unknown');
    expect(kinds).not.toContain(undefined);
    expect(new Set(kinds).size).toBe(10);
    for (const [code, { status }] of Object.entries(DLI_ERRORS)) {
      expect(text).toContain(code);
      for (const { operation } of jobs) expect(Object.keys(operation.responses)).toContain(String(status));
    }
  });

  it('has the parameters, errors and statuses of the tables', () => {
    expect(Object.keys(document.components.parameters!).sort()).toEqual([...URL_PARAMETERS].sort());
    const query = document.paths['/_plugins/_sql']!.post!;
    expect(query.parameters).toHaveLength(URL_PARAMETERS.length);
    for (const [code, { status, type }] of Object.entries(ERRORS)) {
      expect(text).toContain(type);
      if (code !== 'cancelled') expect(Object.keys(query.responses)).toContain(String(status));
    }
  });

  it('describes bodies that are really taken', () => {
    const schemas = document.components.schemas as unknown as Readonly<
      Record<string, { readonly properties: Readonly<Record<string, Node>> }>
    >;
    const values: Readonly<Record<string, unknown>> = {
      query: 'SELECT ?',
      fetch_size: 5,
      filter: { term: { a: 1 } },
      parameters: (schemas.Parameter!.properties.type as unknown as { enum: string[] }).enum.map((type) => ({
        type,
        value: null,
      })),
      time_zone: 'Europe/Berlin',
      quotes: 'ansi',
    };
    expect(Object.keys(schemas.Query!.properties).sort()).toEqual(Object.keys(values).sort());
    const request = readSqlRequest(
      { query: new URLSearchParams(), body: JSON.stringify(values), accept: undefined },
      { maxStatementLength: 100, sqlQuotes: 'text' },
    );
    expect(request).toMatchObject({ kind: 'query', fetchSize: 5, filter: values.filter, timeZone: 'Europe/Berlin' });
  });
});
