/** An index expression as a scan without hints names it. */
import { type ScanTarget, targetOf } from '../../translators/lower/dsl/target.ts';

export const indexTarget = (expression: string): ScanTarget => targetOf({ schema: { expression } });
