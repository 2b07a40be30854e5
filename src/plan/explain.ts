/** A physical plan as the tree that explain answers with: operator names of the plugin, runnable DSL (spec sql-endpoint 7). */

import {
  type Column,
  type Dsl,
  type Expr,
  type Physical,
  printExpr,
  type Scan,
} from '../../translators/algebra/index.ts';
import { aggregationBody, fetchOf, type SearchParameters, searchBody, targetOf } from '../../translators/execution.ts';
import { runsScript } from '../../translators/index.ts';
import { RESULT_WINDOW } from '../read/window.ts';

export interface ExplainNode {
  readonly name: string;
  readonly description: Readonly<Record<string, unknown>>;
  readonly children: readonly ExplainNode[];
}

export const explainPlan = (plan: Physical): { readonly root: ExplainNode } => ({ root: explain(plan) });

const names = (columns: readonly Column[]): string => `[${columns.map((c) => c.name).join(', ')}]`;
const list = (exprs: readonly Expr[]): string => `[${exprs.map(printExpr).join(', ')}]`;
const bounded = (n: number): number | string => (Number.isFinite(n) ? n : 'all');

function explain(node: Physical): ExplainNode {
  switch (node.kind) {
    case 'search': {
      const single = node.offset + node.count <= RESULT_WINDOW;
      const fetch = fetchOf(node);
      const body = searchBody(node, fetch, {
        from: single ? node.offset : 0,
        size: single ? node.count : RESULT_WINDOW,
      });
      return leaf('OpenSearchIndexScan', {
        ...target(node.scan),
        request: body,
        strategy: single ? 'one search' : 'pages over a point in time',
        ...where(node.query),
      });
    }
    case 'count':
      return leaf('OpenSearchIndexScan', {
        ...target(node.scan),
        request: { size: 0, ...(node.query ? { query: node.query } : {}), track_total_hits: true },
        strategy: 'count of matching documents',
        ...where(node.query),
      });
    case 'aggregation':
      return leaf('OpenSearchIndexScan', {
        ...target(node.scan),
        request: aggregationBody(node),
        groupBy: names(node.keys.map((key) => key.column)),
        aggregators: names(node.metrics.map((metric) => metric.column)),
        ...where(node.query),
        ...(runsScript([node.keys.map((key) => key.source), node.metrics.map((metric) => metric.source)])
          ? { groups: 'by a script on the cluster' }
          : {}),
      });
    case 'where':
      return parent('FilterOperator', { conditions: printExpr(node.predicate), where: 'after the scan' }, [node.input]);
    case 'project':
      return parent('ProjectOperator', { fields: `[${node.items.map((item) => item.column.name).join(', ')}]` }, [
        node.input,
      ]);
    case 'limit':
      return parent('LimitOperator', { limit: bounded(node.count), offset: node.offset }, [node.input]);
    case 'top':
      return parent(
        'TakeOrderedOperator',
        { limit: bounded(node.count), offset: node.offset, sortList: list(node.keys.map((key) => key.expr)) },
        [node.input],
      );
    case 'unnest':
      return parent('NestedOperator', { nested: node.source.name }, [node.input]);
    case 'apart':
      return parent(
        'NestedOperator',
        {
          nested: `[${node.collections.map((collection) => collection.path).join(', ')}]`,
          groups: 'each document once in each of its groups',
        },
        [node.input],
      );
    case 'values':
      return leaf('ValuesOperator', { values: `[${node.rows.map(list).join(', ')}]` });
    case 'concat':
      return parent('UnionAllOperator', {}, node.inputs);
    case 'residual':
      return parent(
        'ResidualOperator',
        { engine: 'DuckDB', operators: node.summary, sql: node.query.sql },
        node.inputs.map((i) => i.plan),
      );
    case 'delete':
      return leaf('DeleteByQuery', {
        ...target(node.scan),
        request: { query: node.query ?? { match_all: {} } },
      });
    case 'metadata':
      return leaf('OpenSearchSystemIndexScan', { request: node.statement, like: node.like?.text ?? null });
  }
}

function target(scan: Scan): { readonly index: string; readonly parameters?: SearchParameters } {
  const { expression, parameters } = targetOf(scan);
  return { index: expression, ...(Object.keys(parameters).length > 0 ? { parameters } : {}) };
}

/** Who decides the conditions of a scan; those of a FilterOperator are decided after it. */
const where = (query: Dsl | undefined): { readonly where?: string } =>
  query ? { where: runsScript(query) ? 'by the index and a script on the cluster' : 'by the index' } : {};

const leaf = (name: string, description: ExplainNode['description']): ExplainNode => ({
  name,
  description,
  children: [],
});
const parent = (name: string, description: ExplainNode['description'], inputs: readonly Physical[]): ExplainNode => ({
  name,
  description,
  children: inputs.map(explain),
});
