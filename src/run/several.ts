/** Runs a group-by again, over rows taken apart, where documents turn out to hold several values of what its groups are made of. */
import { SqlError } from '../../translators/errors.ts';
import { SEVERAL_VALUES } from '../../translators/execution.ts';
import type { Page } from '../rows/page.ts';

const isOfSeveral = (error: unknown): boolean =>
  error instanceof SqlError && (error.code === 'severalValues' || error.details.startsWith(SEVERAL_VALUES));

/** Both ways read everything before their first row, so that nothing of the first one was sent. */
export async function* orApart(
  pages: AsyncIterable<Page>,
  apart: (() => AsyncIterable<Page>) | undefined,
): AsyncGenerator<Page> {
  let begun = false;
  try {
    for await (const page of pages) {
      begun = true;
      yield page;
    }
  } catch (error) {
    if (begun || !apart || !isOfSeveral(error)) throw error;
    yield* apart();
  }
}
