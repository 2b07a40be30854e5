/** Prints a tree as SQL text that parses to the same tree. */
import type { ExprNode, PatternNode, StatementNode } from './ast.ts';
import { printExpression } from './print-expression.ts';
import { printString } from './print-name.ts';
import { printQuery, printRelation } from './print-query.ts';

export function print(node: StatementNode | ExprNode): string {
  switch (node.kind) {
    case 'query':
      return printQuery(node);
    case 'show':
      return node.like === undefined ? 'SHOW TABLES' : `SHOW TABLES LIKE ${printPattern(node.like)}`;
    case 'describe': {
      const columns = node.columns === undefined ? '' : ` COLUMNS LIKE ${printPattern(node.columns)}`;
      return `DESCRIBE TABLES LIKE ${printPattern(node.like)}${columns}`;
    }
    case 'delete': {
      const where = node.where === undefined ? '' : ` WHERE ${printExpression(node.where)}`;
      return `DELETE FROM ${printRelation(node.from)}${where}`;
    }
    case 'explain':
      return `EXPLAIN ${print(node.statement)}`;
    default:
      return printExpression(node);
  }
}

const printPattern = ({ text, bare }: PatternNode): string => (bare ? text : printString(text));
