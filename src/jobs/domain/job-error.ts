/** Faults of jobs that are neither the statement's nor the store's; the routes render them by the table of spec dli-jobs 9. */

export type JobFault =
  /** ErrorIfExists, and the folder is there; or another export is publishing into it. */
  | 'folderExists'
  /** The rows of the QUERY job are no longer kept. */
  | 'resultGone'
  /** The rows of a result take more room than the settings, or the disk, allow. */
  | 'resultTooLarge'
  /** What was asked for is not offered. */
  | 'unsupported';

export class JobError extends Error {
  constructor(
    readonly fault: JobFault,
    message: string,
    cause?: unknown,
  ) {
    super(message, cause === undefined ? undefined : { cause });
    this.name = 'JobError';
  }
}
