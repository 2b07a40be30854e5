/** Which functions and forms the statements that both paths answered were made of. */
import { allAggregates, allScalarFunctions } from '../../translators/functions/index.ts';

const NAMES = new Map(
  [...allScalarFunctions, ...allAggregates].flatMap((fn) =>
    [fn.name, ...(fn.aliases ?? [])].map((name) => [name.toUpperCase(), fn.name] as const),
  ),
);

/** Clauses and operators, as they are printed. */
const FORMS: Readonly<Record<string, RegExp>> = {
  WHERE: / WHERE /,
  'GROUP BY': / GROUP BY /,
  HAVING: / HAVING /,
  'ORDER BY': / ORDER BY /,
  LIMIT: / LIMIT /,
  OFFSET: / OFFSET /,
  DISTINCT: /SELECT DISTINCT /,
  FILTER: / FILTER \(WHERE /,
  'INNER JOIN': / (INNER )?JOIN /,
  'LEFT JOIN': / LEFT JOIN /,
  'RIGHT JOIN': / RIGHT OUTER JOIN /,
  'FULL JOIN': / FULL JOIN /,
  'CROSS JOIN': / CROSS JOIN /,
  'UNION ALL': / UNION ALL /,
  UNION: / UNION SELECT/,
  INTERSECT: / INTERSECT /,
  EXCEPT: / EXCEPT /,
  MINUS: / MINUS /,
  WITH: /^WITH /,
  'derived table': / FROM \(SELECT /,
  'scalar subquery': /\(SELECT (MAX|MIN)\(/,
  'IN (SELECT)': / IN \(SELECT /,
  EXISTS: /EXISTS \(SELECT /,
  window: / OVER \(/,
  'window frame': / ROWS BETWEEN /,
  CASE: /CASE WHEN /,
  'simple CASE': /CASE (?!WHEN)/,
  CAST: /CAST\(/,
  'IS NULL': / IS NULL/,
  'IS TRUE': / IS (NOT )?(TRUE|FALSE)/,
  IN: / IN \((?!SELECT)/,
  BETWEEN: / BETWEEN /,
  LIKE: / LIKE /,
  REGEXP: / REGEXP /,
  '<=>': / <=> /,
  NOT: /NOT \(/,
  INTERVAL: / [+-] INTERVAL /,
  DIV: / DIV /,
  NEGATE: /-\(/,
  ELEMENT_AT: /\)\[\d\]/,
};

export class Coverage {
  readonly functions = new Map<string, number>();
  readonly forms = new Map<string, number>();

  add(sql: string): void {
    const names = new Set([...sql.matchAll(/\b([A-Z][A-Z0-9_]*)\(/g)].map(([, name]) => NAMES.get(name!)));
    for (const name of names) if (name !== undefined) this.functions.set(name, (this.functions.get(name) ?? 0) + 1);
    for (const [form, pattern] of Object.entries(FORMS))
      if (pattern.test(sql)) this.forms.set(form, (this.forms.get(form) ?? 0) + 1);
  }

  /** Functions of the catalogue that no statement held, but for those given. */
  missingFunctions(exempt: ReadonlySet<string>): readonly string[] {
    return [...new Set(NAMES.values())].filter((name) => !this.functions.has(name) && !exempt.has(name));
  }

  missingForms(): readonly string[] {
    return Object.keys(FORMS).filter((form) => !this.forms.has(form));
  }
}
