/** Statements in which double quotes are for names, as the standard has it, in the dialect's own writing. */
import { Lexer } from './lexer.ts';

/**
 * The statement with its names in back-quotes. Nothing else moves: places in messages are those of the statement as it was sent, up to the
 * first name that holds a quote itself.
 * @throws SqlSyntaxError where a quote is not closed, or a name is empty.
 */
export function withBackQuotes(sql: string): string {
  if (!sql.includes('"')) return sql;
  const lexer = new Lexer(sql, 'ansi');
  let out = '';
  let from = 0;
  for (let token = lexer.next(0); token.kind !== 'end'; token = lexer.next(token.end)) {
    if (token.kind !== 'quoted' || sql[token.start] !== '"') continue;
    out += `${sql.slice(from, token.start)}\`${token.text.replaceAll('`', '``')}\``;
    from = token.end;
  }
  return out + sql.slice(from);
}
