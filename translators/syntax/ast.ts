/** The syntax tree: what was written, with spans. Nothing here knows a schema. */

/** Offsets into the statement's text, in UTF-16 code units; `end` is exclusive. */
export interface Span {
  readonly start: number;
  readonly end: number;
}

export type LiteralType = 'null' | 'boolean' | 'integer' | 'long' | 'double' | 'string' | 'date' | 'time' | 'timestamp';

/** Integers beyond 2^53 are bigint; date, time and timestamp literals hold their text as written. */
type LiteralValue = string | number | bigint | boolean | null;

export interface LiteralNode {
  readonly kind: 'literal';
  readonly type: LiteralType;
  readonly value: LiteralValue;
  /** True for "double-quoted" text, which some clients mean as an identifier (spec sql-grammar 1.2). */
  readonly doubleQuoted?: boolean;
  /** Of a number with a point and without an exponent: its digits, with the sign. */
  readonly decimal?: string;
  readonly at: Span;
}
/** `a.b.c`, as segments; a quoted segment that holds dots stays one segment here. */
export interface NameNode {
  readonly kind: 'name';
  readonly parts: readonly string[];
  /** Of SQL over objects only: which parts stand in quotes, and so keep their case. */
  readonly quoted?: readonly boolean[];
  readonly at: Span;
}
export interface StarNode {
  readonly kind: 'star';
  readonly qualifier: readonly string[];
  readonly except?: readonly string[];
  readonly at: Span;
}
interface ParameterNode {
  readonly kind: 'parameter';
  /** 0-based position in the statement. */
  readonly index: number;
  readonly at: Span;
}
export interface IntervalNode {
  readonly kind: 'interval';
  readonly value: ExprNode;
  /** Upper case, singular: SECOND, DAY, DAY_HOUR ... */
  readonly unit: string;
  readonly at: Span;
}
interface UnaryNode {
  readonly kind: 'unary';
  readonly op: '-' | '+' | 'NOT';
  readonly arg: ExprNode;
  readonly at: Span;
}
export type BinaryOperator =
  | 'OR'
  | 'XOR'
  | 'AND'
  | '='
  | '<=>'
  | '!='
  | '<'
  | '<='
  | '>'
  | '>='
  | '||'
  | '->'
  | '->>'
  | '+'
  | '-'
  | '*'
  | '/'
  | '%'
  | 'DIV'
  | 'MOD';
export interface BinaryNode {
  readonly kind: 'binary';
  readonly op: BinaryOperator;
  readonly left: ExprNode;
  readonly right: ExprNode;
  readonly at: Span;
}
export interface IsNode {
  readonly kind: 'is';
  readonly arg: ExprNode;
  readonly not: boolean;
  readonly what: 'NULL' | 'TRUE' | 'FALSE' | 'MISSING';
  readonly at: Span;
}
interface BetweenNode {
  readonly kind: 'between';
  readonly arg: ExprNode;
  readonly low: ExprNode;
  readonly high: ExprNode;
  readonly not: boolean;
  readonly at: Span;
}
export interface InListNode {
  readonly kind: 'in';
  readonly arg: ExprNode;
  readonly list: readonly ExprNode[];
  /** The only entry of the list is an array whose elements are meant: `IN s.tags[*]`, of SQL over objects only. */
  readonly array?: boolean;
  readonly not: boolean;
  readonly at: Span;
}
export interface InQueryNode {
  readonly kind: 'inQuery';
  readonly arg: ExprNode;
  readonly query: QueryNode;
  readonly not: boolean;
  readonly at: Span;
}
/** LIKE folds ASCII case (the plugin's rule); ILIKE is the same; REGEXP is a whole-value match. */
export interface LikeNode {
  readonly kind: 'like';
  readonly op: 'LIKE' | 'REGEXP' | 'SIMILAR TO';
  readonly arg: ExprNode;
  readonly pattern: ExprNode;
  readonly escape?: ExprNode;
  readonly not: boolean;
  readonly at: Span;
}
export interface ExistsNode {
  readonly kind: 'exists';
  readonly query: QueryNode;
  readonly at: Span;
}
export interface SubqueryNode {
  readonly kind: 'subquery';
  readonly query: QueryNode;
  readonly at: Span;
}
/** `(a, b)`: values that are compared with another row of values, one by one. */
export interface RowNode {
  readonly kind: 'row';
  readonly items: readonly ExprNode[];
  readonly at: Span;
}
/** `a < ALL (SELECT …)`: whether the comparison holds with each value of the query, or with any. */
export interface QuantifiedNode {
  readonly kind: 'quantified';
  readonly op: '=' | '!=' | '<' | '<=' | '>' | '>=';
  readonly all: boolean;
  readonly arg: ExprNode;
  readonly query: QueryNode;
  readonly at: Span;
}
export interface CaseNode {
  readonly kind: 'case';
  readonly operand?: ExprNode;
  readonly whens: readonly { readonly when: ExprNode; readonly then: ExprNode }[];
  readonly otherwise?: ExprNode;
  readonly at: Span;
}
export interface CastNode {
  readonly kind: 'cast';
  readonly arg: ExprNode;
  /** Upper case, as written: INT, STRING, VARCHAR ... length arguments are dropped. */
  readonly type: string;
  /** The numbers of DECIMAL(p, s), kept in SQL over objects only. */
  readonly precision?: readonly number[];
  readonly at: Span;
}
export interface WindowSpec {
  /** The window of the WINDOW clause that it is, or that it goes on from. */
  readonly base?: string;
  readonly partition: readonly ExprNode[];
  readonly order: readonly OrderNode[];
  /** Frame text as written, normalised white space: `ROWS BETWEEN 2 PRECEDING AND CURRENT ROW`. */
  readonly frame?: string;
}
export interface CallNode {
  readonly kind: 'call';
  /** Upper case. */
  readonly name: string;
  readonly args: readonly ExprNode[];
  /** `operator='and'`: keys in lower case, in order; a repeated key keeps both entries. */
  readonly named: readonly { readonly name: string; readonly value: ExprNode; readonly at: Span }[];
  readonly distinct: boolean;
  /** ORDER BY behind the arguments, and in WITHIN GROUP behind the call. */
  readonly order?: readonly OrderNode[];
  readonly within?: readonly OrderNode[];
  /** `SEPARATOR x` behind the arguments. */
  readonly separator?: ExprNode;
  readonly filter?: ExprNode;
  readonly over?: WindowSpec;
  readonly at: Span;
}
/** `[a, 'b' ^ 2]`: the field list of a relevance function. */
export interface FieldListNode {
  readonly kind: 'fieldList';
  readonly items: readonly { readonly field: string; readonly weight?: number; readonly at: Span }[];
  readonly at: Span;
}
/** `a[0]`; in SQL over objects also `a['b']`, a later `.b` (a name as index) and `a[*]` (a star as index). */
export interface IndexNode {
  readonly kind: 'index';
  readonly base: ExprNode;
  readonly index: ExprNode;
  readonly at: Span;
}
export type ExprNode =
  | LiteralNode
  | NameNode
  | StarNode
  | ParameterNode
  | IntervalNode
  | UnaryNode
  | BinaryNode
  | IsNode
  | BetweenNode
  | InListNode
  | InQueryNode
  | LikeNode
  | ExistsNode
  | SubqueryNode
  | QuantifiedNode
  | RowNode
  | CaseNode
  | CastNode
  | CallNode
  | FieldListNode
  | IndexNode;

export interface OrderNode {
  readonly expr: ExprNode;
  readonly desc: boolean;
  readonly nulls?: 'FIRST' | 'LAST';
  readonly at: Span;
}
export interface SelectItemNode {
  readonly expr: ExprNode;
  readonly alias?: string;
  readonly at: Span;
}

export interface TableNode {
  readonly kind: 'table';
  /** The index expression: `logs-*`, `a,b`, `c1:logs`. */
  readonly name: string;
  readonly quoted: boolean;
  readonly alias?: string;
  readonly at: Span;
}
interface DerivedNode {
  readonly kind: 'derived';
  readonly query: QueryNode;
  readonly alias?: string;
  /** Names of its columns, in order: `(SELECT …) AS t(a, b)`. */
  readonly columns?: readonly string[];
  /** LATERAL: it sees the columns of the relations before it. */
  readonly lateral?: boolean;
  readonly at: Span;
}
export interface TableFunctionNode {
  readonly kind: 'tableFunction';
  readonly name: string;
  readonly args: readonly ExprNode[];
  readonly named: CallNode['named'];
  readonly alias?: string;
  readonly at: Span;
}
export interface ValuesNode {
  readonly kind: 'values';
  readonly rows: readonly (readonly ExprNode[])[];
  readonly alias?: string;
  readonly columns?: readonly string[];
  readonly at: Span;
}
/** SEMI and ANTI keep rows of the left side only: those that have a partner, and those that have none. */
export type JoinKind = 'INNER' | 'LEFT' | 'RIGHT' | 'FULL' | 'CROSS' | 'SEMI' | 'ANTI';
export interface JoinNode {
  readonly kind: 'join';
  readonly join: JoinKind;
  readonly left: RelationNode;
  readonly right: RelationNode;
  readonly on?: ExprNode;
  readonly using?: readonly string[];
  /** USING of every column that both sides have. */
  readonly natural?: boolean;
  /** Written as `a, b`: conditions may stand in WHERE, and `b` may be a nested collection of `a` (PartiQL). */
  readonly comma?: boolean;
  readonly at: Span;
}
export type RelationNode = TableNode | DerivedNode | TableFunctionNode | ValuesNode | JoinNode;

export interface SelectNode {
  readonly kind: 'select';
  readonly distinct: boolean;
  readonly items: readonly SelectItemNode[];
  readonly from?: RelationNode;
  readonly where?: ExprNode;
  readonly group: readonly ExprNode[];
  /** Of ROLLUP, CUBE and GROUPING SETS: by which elements of `group` (positions from 0) each set of groups is made. */
  readonly sets?: readonly (readonly number[])[];
  readonly having?: ExprNode;
  /** The WINDOW clause: windows by name, each of which may go on from one before it. */
  readonly windows?: readonly { readonly name: string; readonly spec: WindowSpec; readonly at: Span }[];
  /** A condition on rows that have the values of their windows already. */
  readonly qualify?: ExprNode;
  readonly at: Span;
}
export interface SetOperationNode {
  readonly kind: 'setOperation';
  readonly op: 'UNION' | 'INTERSECT' | 'EXCEPT';
  readonly all: boolean;
  readonly left: BodyNode;
  readonly right: BodyNode;
  readonly at: Span;
}
export type BodyNode = SelectNode | SetOperationNode | QueryNode;
interface CommonTableNode {
  readonly name: string;
  /** Names of its columns, in order: `WITH t(a, b) AS (SELECT …)`. */
  readonly columns?: readonly string[];
  /** WITH RECURSIVE: its query may read what it gave before. */
  readonly recursive?: boolean;
  readonly query: QueryNode;
  readonly at: Span;
}
export interface QueryNode {
  readonly kind: 'query';
  readonly with: readonly CommonTableNode[];
  readonly body: BodyNode;
  readonly order: readonly OrderNode[];
  readonly limit?: ExprNode;
  readonly offset?: ExprNode;
  /** Rows that the order does not tell from the last one come, too. */
  readonly ties?: true;
  /** Texts of hint comments, in order, on the outermost query only. */
  readonly hints: readonly string[];
  readonly at: Span;
}
/** SELECT list FROM object WHERE condition LIMIT n: the only statement of SQL over objects. */
export interface ObjectSelectNode {
  readonly kind: 'objectSelect';
  readonly items: readonly SelectItemNode[];
  readonly from: ObjectSourceNode;
  readonly where?: ExprNode;
  readonly limit?: bigint;
  readonly at: Span;
}
export interface ObjectSourceNode {
  readonly name: string;
  readonly quoted: boolean;
  readonly steps: readonly PathStepNode[];
  readonly alias?: { readonly name: string; readonly quoted: boolean };
  readonly at: Span;
}
/** `.*` goes over the members of an object, `[*]` over the elements of an array. */
export type PathStepNode =
  | { readonly kind: 'member'; readonly name: string; readonly quoted: boolean }
  | { readonly kind: 'element'; readonly index: number }
  | { readonly kind: 'members' }
  | { readonly kind: 'elements' };

/** A pattern of SHOW or DESCRIBE. */
export interface PatternNode {
  readonly text: string;
  /** Written behind LIKE without quotes, as older drivers do: the older engine's rules hold. */
  readonly bare?: boolean;
  readonly at: Span;
}
export interface ShowNode {
  readonly kind: 'show';
  /** Absent means all. */
  readonly like?: PatternNode;
  readonly at: Span;
}
export interface DescribeNode {
  readonly kind: 'describe';
  readonly like: PatternNode;
  readonly columns?: PatternNode;
  readonly at: Span;
}
export interface DeleteNode {
  readonly kind: 'delete';
  readonly from: RelationNode;
  readonly where?: ExprNode;
  readonly at: Span;
}
export interface ExplainNode {
  readonly kind: 'explain';
  readonly statement: StatementNode;
  readonly at: Span;
}
export type StatementNode = QueryNode | ShowNode | DescribeNode | DeleteNode | ExplainNode;
