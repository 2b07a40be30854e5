/** Ends an exhaustive switch: the compiler refuses a kind that has no case. */
export function assertNever(value: never): never {
  throw new TypeError(`unexpected ${JSON.stringify(value)}`);
}
