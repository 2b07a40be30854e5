/** The guard against formulas in spreadsheets: text that begins like one gets a single quote before it (spec sql-endpoint 4.5.7). */

const TAB = 9;
const CARRIAGE_RETURN = 13;
const EQUALS = 61;
const PLUS = 43;
const MINUS = 45;
const AT = 64;

const beginsFormula = (first: number): boolean =>
  first === EQUALS ||
  first === PLUS ||
  first === MINUS ||
  first === AT ||
  // Some drop these two and read on.
  first === TAB ||
  first === CARRIAGE_RETURN;

export function sanitize(text: string): string {
  return beginsFormula(text.charCodeAt(0)) ? `'${text}` : text;
}
