/** Whether the cluster refuses to hold one more view of an index open: its nodes have as many as they may. */
import { ClusterError } from './cluster-error.ts';

const NONE_LEFT = /Trying to create too many (Point In Time|scroll) contexts|too_many_scroll_contexts/i;

export const noContextLeft = (error: unknown): boolean =>
  error instanceof ClusterError &&
  (NONE_LEFT.test(error.message) || error.causes.some((cause) => NONE_LEFT.test(cause)));
