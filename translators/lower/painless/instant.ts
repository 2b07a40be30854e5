/** A canonical timestamp as seconds and nanoseconds, the form in which scripts take it. */
import { epochSecondsOf, fieldsOf } from '../../temporal/temporal-text.ts';

export { epochSecondsOf };

export const timestampNano = (timestamp: string): number => fieldsOf(timestamp).nano;
