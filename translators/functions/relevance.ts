/** Full-text search functions: their forms, their options, and the query that each one is (spec sql-functions 9, 11.3). */

import type { OptionKind, RelevanceFunction } from '../algebra/function.ts';
import { SqlError } from '../errors.ts';
import { geoQueries } from './geo-queries.ts';
import { checkedValue } from './relevance-options.ts';
import { termQueries } from './term-queries.ts';

type Fields = Parameters<RelevanceFunction['dsl']>[0];
type Options = Parameters<RelevanceFunction['dsl']>[2];
type Kinds = Readonly<Record<string, OptionKind>>;

/** Every option by name; a function lists those that it takes, in the order in which they are written. */
const KINDS = {
  operator: ['AND', 'OR'],
  default_operator: ['AND', 'OR'],
  type: ['best_fields', 'most_fields', 'cross_fields', 'phrase', 'phrase_prefix', 'bool_prefix'],
  analyzer: 'text',
  quote_analyzer: 'text',
  slop: 'integer',
  phrase_slop: 'integer',
  fuzziness: 'text',
  fuzzy_rewrite: 'text',
  fuzzy_transpositions: 'boolean',
  fuzzy_max_expansions: 'integer',
  fuzzy_prefix_length: 'integer',
  prefix_length: 'integer',
  max_expansions: 'integer',
  max_determinized_states: 'integer',
  minimum_should_match: 'text',
  tie_breaker: 'number',
  cutoff_frequency: 'number',
  zero_terms_query: ['none', 'all', 'null'],
  lenient: 'boolean',
  analyze_wildcard: 'boolean',
  allow_leading_wildcard: 'boolean',
  enable_position_increments: 'boolean',
  escape: 'boolean',
  auto_generate_synonyms_phrase_query: 'boolean',
  quote_field_suffix: 'text',
  flags: 'text',
  time_zone: 'text',
  rewrite: 'text',
  case_insensitive: 'boolean',
  boost: 'number',
} as const satisfies Kinds;

type OptionName = keyof typeof KINDS;

/** In the order of the table above, so that equal calls give equal bodies. */
function kinds(...names: readonly OptionName[]): Kinds {
  const out: Record<string, OptionKind> = {};
  for (const name of Object.keys(KINDS) as OptionName[]) if (names.includes(name)) out[name] = KINDS[name];
  return out;
}

function ordered(options: Options): Record<string, string | number | boolean> {
  const out: Record<string, string | number | boolean> = {};
  for (const name of Object.keys(KINDS)) if (options[name] !== undefined) out[name] = options[name];
  return out;
}

function pathOf(fields: Fields, name: string): string {
  const path = fields[0]?.path;
  if (path === undefined) throw new SqlError('semantic', `${name} needs a field`);
  return path;
}

/** `name(field, text)` → `{name: {field: {key: text, …options}}}`. */
const onField =
  (query: string, key = 'query', text: (value: string) => string = (value) => value): RelevanceFunction['dsl'] =>
  (fields, value, options) => ({ [query]: { [pathOf(fields, query)]: { [key]: text(value), ...ordered(options) } } });

/** `name([fields], text)` → `{name: {query: text, fields, …options}}`. */
const onFields =
  (query: string): RelevanceFunction['dsl'] =>
  (fields, value, options) => {
    if (fields.length === 0) throw new SqlError('semantic', `${query} needs at least one field`);
    const weighted = fields.map((field) => (field.weight === undefined ? field.path : `${field.path}^${field.weight}`));
    return { [query]: { query: value, fields: weighted, ...ordered(options) } };
  };

/** `%` and `_` are wildcards beside the cluster's own `*` and `?`; a backslash makes them literal. */
export const wildcardPattern = (pattern: string): string =>
  pattern.replace(/\\[\s\S]|%|_/g, (part) => {
    if (part === '%') return '*';
    if (part === '_') return '?';
    return part === '\\%' || part === '\\_' ? part.slice(1) : part;
  });

const MATCH = kinds(
  'analyzer',
  'auto_generate_synonyms_phrase_query',
  'boost',
  'fuzziness',
  'fuzzy_rewrite',
  'fuzzy_transpositions',
  'lenient',
  'max_expansions',
  'minimum_should_match',
  'operator',
  'prefix_length',
  'zero_terms_query',
);
const QUERY_STRING = kinds(
  'allow_leading_wildcard',
  'analyze_wildcard',
  'analyzer',
  'auto_generate_synonyms_phrase_query',
  'boost',
  'default_operator',
  'enable_position_increments',
  'escape',
  'fuzziness',
  'fuzzy_max_expansions',
  'fuzzy_prefix_length',
  'fuzzy_rewrite',
  'fuzzy_transpositions',
  'lenient',
  'max_determinized_states',
  'minimum_should_match',
  'phrase_slop',
  'quote_analyzer',
  'quote_field_suffix',
  'rewrite',
  'tie_breaker',
  'time_zone',
  'type',
);

export const relevance: readonly RelevanceFunction[] = [
  {
    name: 'match',
    aliases: ['match_query', 'matchquery'],
    summary: 'Documents whose field has the words of a text',
    takes: 'field',
    options: MATCH,
    dsl: onField('match'),
  },
  {
    name: 'match_phrase',
    aliases: ['matchphrase', 'matchphrasequery'],
    summary: 'Documents whose field has the words of a text next to each other',
    takes: 'field',
    options: kinds('analyzer', 'boost', 'slop', 'zero_terms_query'),
    dsl: onField('match_phrase'),
  },
  {
    name: 'match_phrase_prefix',
    aliases: [],
    summary: 'A phrase whose last word may be unfinished',
    takes: 'field',
    options: kinds('analyzer', 'boost', 'max_expansions', 'slop', 'zero_terms_query'),
    dsl: onField('match_phrase_prefix'),
  },
  {
    name: 'match_bool_prefix',
    aliases: [],
    summary: 'Words in any order, the last of which may be unfinished',
    takes: 'field',
    options: kinds(
      'analyzer',
      'boost',
      'fuzziness',
      'fuzzy_rewrite',
      'fuzzy_transpositions',
      'max_expansions',
      'minimum_should_match',
      'operator',
      'prefix_length',
    ),
    dsl: onField('match_bool_prefix'),
  },
  {
    name: 'multi_match',
    aliases: ['multimatch', 'multimatchquery'],
    summary: 'The words of a text in any of several fields',
    takes: 'fields',
    options: kinds(
      'analyzer',
      'auto_generate_synonyms_phrase_query',
      'boost',
      'cutoff_frequency',
      'fuzziness',
      'fuzzy_transpositions',
      'lenient',
      'max_expansions',
      'minimum_should_match',
      'operator',
      'prefix_length',
      'slop',
      'tie_breaker',
      'type',
      'zero_terms_query',
    ),
    dsl: onFields('multi_match'),
  },
  {
    name: 'simple_query_string',
    aliases: [],
    summary: 'The forgiving query language with + | - " * ( ) ~',
    takes: 'fields',
    options: kinds(
      'analyze_wildcard',
      'analyzer',
      'auto_generate_synonyms_phrase_query',
      'boost',
      'default_operator',
      'flags',
      'fuzzy_max_expansions',
      'fuzzy_prefix_length',
      'fuzzy_transpositions',
      'lenient',
      'minimum_should_match',
      'quote_field_suffix',
    ),
    dsl: onFields('simple_query_string'),
  },
  {
    name: 'query_string',
    aliases: [],
    summary: "Lucene's query language over given fields",
    takes: 'fields',
    options: QUERY_STRING,
    dsl: onFields('query_string'),
  },
  {
    name: 'query',
    aliases: [],
    summary: "Lucene's query language, fields named inside the text",
    takes: 'none',
    options: QUERY_STRING,
    dsl: (_, query, options) => ({ query_string: { query, ...ordered(options) } }),
  },
  {
    name: 'wildcard_query',
    aliases: ['wildcardquery'],
    summary: 'A pattern with % and _ (or * and ?), case-sensitive unless said otherwise',
    takes: 'field',
    options: kinds('boost', 'case_insensitive', 'rewrite'),
    dsl: onField('wildcard', 'value', wildcardPattern),
  },
  {
    name: 'regexp_query',
    aliases: [],
    summary: "Lucene's regular expressions over terms",
    takes: 'field',
    options: kinds('boost', 'case_insensitive', 'flags', 'max_determinized_states', 'rewrite'),
    positional: ['flags', 'max_determinized_states'],
    dsl: onField('regexp', 'value'),
  },
  {
    name: 'term',
    aliases: ['term_query'],
    summary: 'A term as it is indexed, without analysis',
    takes: 'field',
    options: kinds('boost', 'case_insensitive'),
    dsl: onField('term', 'value'),
  },
  ...termQueries,
  ...geoQueries,
];

/** The value as the query takes it; a name that the function lacks and a value of the wrong kind are the user's mistakes. */
export function checkOption(fn: RelevanceFunction, name: string, value: string): string | number | boolean {
  const option = name.toLowerCase();
  const kind = Object.hasOwn(fn.options, option) ? fn.options[option] : undefined;
  if (kind === undefined) throw new SqlError('semantic', `Parameter ${name} is invalid for ${fn.name} function.`);
  return checkedValue(option, kind, value);
}
