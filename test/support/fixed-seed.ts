/**
 * Property tests begin from one seed, so that a failure is of the change at hand; the full run begins elsewhere each time, to find faults that are
 * there already. fast-check tells the seed of a failure.
 */
import fc from 'fast-check';

if (process.env.TEST_FULL !== '1') fc.configureGlobal({ seed: 20_240_517 });
