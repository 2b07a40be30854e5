/** The values of a condition that is decided without making values of a row, and how AND, OR and NOT make one of others. */

export type Truth = typeof FALSE | typeof TRUE | typeof UNKNOWN | typeof UNSURE;
export const FALSE = 0;
export const TRUE = 1;
/** NULL: as good as FALSE at the top, but not under NOT. */
export const UNKNOWN = 2;
/** The row has to be made and asked. */
export const UNSURE = 3;

/** A condition over where a row is and what is found there. */
export type TruthTest<Row, Places> = (row: Row, places: Places) => Truth;

const NEGATED: Readonly<Record<Truth, Truth>> = {
  [FALSE]: TRUE,
  [TRUE]: FALSE,
  [UNKNOWN]: UNKNOWN,
  [UNSURE]: UNSURE,
};

export const negation =
  <Row, Places>(test: TruthTest<Row, Places>): TruthTest<Row, Places> =>
  (row, places) =>
    NEGATED[test(row, places)];

/** AND is decided by the first FALSE, OR by the first TRUE; nothing behind it is looked at, so that it may be unsure. */
export function junction<Row, Places>(
  kind: 'and' | 'or',
  tests: readonly TruthTest<Row, Places>[],
): TruthTest<Row, Places> {
  const [first] = tests;
  if (tests.length === 1) return first!;
  const deciding = kind === 'or' ? TRUE : FALSE;
  const otherwise = kind === 'or' ? FALSE : TRUE;
  return (row, places) => {
    let result: Truth = otherwise;
    for (let i = 0; i < tests.length; i++) {
      const value = tests[i]!(row, places);
      if (value === deciding || value === UNSURE) return value;
      if (value === UNKNOWN) result = UNKNOWN;
    }
    return result;
  };
}
