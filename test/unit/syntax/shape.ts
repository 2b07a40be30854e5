/** Trees as short text for expectations: every grouping shows, spans do not. */
import type {
  BodyNode,
  ExprNode,
  OrderNode,
  PatternNode,
  QueryNode,
  RelationNode,
  StatementNode,
  WindowSpec,
} from '../../../translators/syntax/ast.ts';

const join = (...parts: (string | undefined | false)[]): string =>
  `(${parts.filter((p) => p !== undefined && p !== false && p !== '').join(' ')})`;
const not = (negated: boolean, word: string): string => (negated ? `not-${word}` : word);
const list = (nodes: readonly ExprNode[]): string => nodes.map(shapeExpression).join(' ');

export function shape(node: StatementNode): string {
  switch (node.kind) {
    case 'query':
      return shapeQuery(node);
    case 'show':
      return join('show', node.like && shapePattern(node.like));
    case 'describe':
      return join('describe', shapePattern(node.like), node.columns && `columns:${shapePattern(node.columns)}`);
    case 'delete':
      return join('delete', shapeRelation(node.from), node.where && `where:${shapeExpression(node.where)}`);
    case 'explain':
      return join('explain', shape(node.statement));
  }
}

function shapeQuery(node: QueryNode): string {
  const clauses = [
    ...node.hints.map((hint) => `hint:${hint}`),
    ...node.with.map(
      ({ name, columns, recursive, query }) =>
        `with${recursive ? '-recursive' : ''}:${name}${shapeNames(columns)}=${shapeQuery(query)}`,
    ),
    node.order.length > 0 && `order:${node.order.map(shapeOrder).join(',')}`,
    node.limit && `limit:${shapeExpression(node.limit)}`,
    node.offset && `offset:${shapeExpression(node.offset)}`,
    node.ties && 'ties',
  ].filter((clause): clause is string => typeof clause === 'string');
  const body = shapeBody(node.body);
  return clauses.length === 0 ? body : join('query', body, ...clauses);
}

function shapeBody(node: BodyNode): string {
  if (node.kind === 'query') return shapeQuery(node);
  if (node.kind === 'setOperation') {
    return join(`${node.op.toLowerCase()}${node.all ? '-all' : ''}`, shapeBody(node.left), shapeBody(node.right));
  }
  const items = node.items.map(({ expr, alias }) => shapeExpression(expr) + (alias === undefined ? '' : `:${alias}`));
  return join(
    node.distinct ? 'select-distinct' : 'select',
    ...items,
    node.from && `from:${shapeRelation(node.from)}`,
    node.where && `where:${shapeExpression(node.where)}`,
    node.group.length > 0 && `group:${node.group.map(shapeExpression).join(',')}`,
    node.sets && `sets:${node.sets.map((set) => `(${set})`).join('')}`,
    node.having && `having:${shapeExpression(node.having)}`,
    ...(node.windows ?? []).map(({ name, spec }) => `window:${name}=${shapeWindow(spec)}`),
    node.qualify && `qualify:${shapeExpression(node.qualify)}`,
  );
}

const shapeNames = (columns: readonly string[] | undefined): string => (columns ? `(${columns})` : '');

function shapeWindow({ base, partition, order, frame }: WindowSpec): string {
  return join(
    'over',
    base,
    partition.length > 0 && `by:${partition.map(shapeExpression).join(',')}`,
    order.length > 0 && `order:${order.map(shapeOrder).join(',')}`,
    frame,
  );
}

function shapeOrder({ expr, desc, nulls }: OrderNode): string {
  return shapeExpression(expr) + (desc ? '/desc' : '') + (nulls === undefined ? '' : `/nulls-${nulls.toLowerCase()}`);
}

const shapePattern = ({ text, bare }: PatternNode): string => (bare ? `bare ${text}` : text);

function shapeRelation(node: RelationNode): string {
  const alias = 'alias' in node && node.alias !== undefined ? `:${node.alias}` : '';
  switch (node.kind) {
    case 'table':
      return (node.quoted ? `\`${node.name}\`` : node.name) + alias;
    case 'derived':
      return (node.lateral ? 'lateral-' : '') + shapeQuery(node.query) + alias + shapeNames(node.columns);
    case 'tableFunction':
      return (
        join(node.name, list(node.args), ...node.named.map((n) => `${n.name}=${shapeExpression(n.value)}`)) + alias
      );
    case 'values':
      return join('values', ...node.rows.map((row) => `[${list(row)}]`)) + alias + shapeNames(node.columns);
    case 'join':
      return join(
        node.comma ? 'comma' : `${node.natural ? 'natural-' : ''}${node.join.toLowerCase()}-join`,
        shapeRelation(node.left),
        shapeRelation(node.right),
        node.on && `on:${shapeExpression(node.on)}`,
        node.using && `using:${node.using}`,
      );
  }
}

export function shapeExpression(node: ExprNode): string {
  switch (node.kind) {
    case 'literal': {
      const text = typeof node.value === 'string' ? JSON.stringify(node.value) : String(node.value);
      const prefix = {
        date: 'd',
        time: 't',
        timestamp: 'ts',
        double: 'real ',
        long: 'long ',
        string: '',
        integer: '',
        boolean: '',
        null: '',
      };
      return `${node.doubleQuoted ? 'dq' : prefix[node.type]}${text}`;
    }
    case 'name':
      return node.parts.map((part) => (/[.\s`]/.test(part) ? `\`${part}\`` : part)).join('.');
    case 'star':
      return `${node.qualifier.map((q) => `${q}.`).join('')}*${node.except ? `-(${node.except})` : ''}`;
    case 'parameter':
      return `?${node.index}`;
    case 'interval':
      return join('interval', shapeExpression(node.value), node.unit);
    case 'unary':
      return join(node.op === 'NOT' ? 'not' : `neg${node.op}`, shapeExpression(node.arg));
    case 'binary':
      return join(node.op.toLowerCase(), shapeExpression(node.left), shapeExpression(node.right));
    case 'is':
      return join(not(node.not, 'is'), shapeExpression(node.arg), node.what.toLowerCase());
    case 'between':
      return join(not(node.not, 'between'), list([node.arg, node.low, node.high]));
    case 'in':
      return join(not(node.not, 'in'), shapeExpression(node.arg), list(node.list));
    case 'inQuery':
      return join(not(node.not, 'in-query'), shapeExpression(node.arg), shapeQuery(node.query));
    case 'quantified':
      return join(`${node.op}${node.all ? 'all' : 'any'}`, shapeExpression(node.arg), shapeQuery(node.query));
    case 'row':
      return join('row', list(node.items));
    case 'like':
      return join(
        not(node.not, node.op.toLowerCase()),
        list([node.arg, node.pattern]),
        node.escape && `escape:${shapeExpression(node.escape)}`,
      );
    case 'exists':
      return join('exists', shapeQuery(node.query));
    case 'subquery':
      return join('scalar', shapeQuery(node.query));
    case 'case':
      return join(
        'case',
        node.operand && shapeExpression(node.operand),
        ...node.whens.map(({ when, then: value }) => `${shapeExpression(when)}->${shapeExpression(value)}`),
        node.otherwise && `else:${shapeExpression(node.otherwise)}`,
      );
    case 'cast':
      return join('cast', shapeExpression(node.arg), node.type);
    case 'call':
      return join(
        node.name,
        node.distinct && 'distinct',
        list(node.args),
        ...node.named.map((n) => `${n.name}=${shapeExpression(n.value)}`),
        ...(node.order ?? []).map((item) => `order:${shapeOrder(item)}`),
        node.separator && `separator:${shapeExpression(node.separator)}`,
        ...(node.within ?? []).map((item) => `within:${shapeOrder(item)}`),
        node.filter && `filter:${shapeExpression(node.filter)}`,
        node.over && shapeWindow(node.over),
      );
    case 'fieldList':
      return `[${node.items.map((item) => item.field + (item.weight === undefined ? '' : `^${item.weight}`)).join(' ')}]`;
    case 'index':
      return join('at', shapeExpression(node.base), shapeExpression(node.index));
  }
}
