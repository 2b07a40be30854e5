/** Opens what stays open on the cluster, so that a caller who leaves meanwhile leaves nothing behind. */
import type { CallContext } from './context.ts';
import { throwIfAborted } from './request.ts';

/**
 * A call that is cut off may have opened its view already, of which nobody would know the name. So the call goes on without the
 * caller, who is let go at once, and what it opened is closed when its answer comes.
 */
export async function opening<T>(
  context: CallContext,
  open: (context: CallContext) => Promise<T>,
  close: (opened: T) => Promise<unknown>,
): Promise<T> {
  const { signal } = context;
  throwIfAborted(signal);
  if (signal === undefined) return open(context);
  const { signal: _, ...without } = context;
  const opened = open(without);
  return new Promise<T>((resolve, reject) => {
    const leave = (): void => {
      opened.then(close).catch(() => undefined);
      try {
        throwIfAborted(signal);
      } catch (reason) {
        reject(reason);
      }
    };
    signal.addEventListener('abort', leave, { once: true });
    opened.then(resolve, reject).finally(() => signal.removeEventListener('abort', leave));
  });
}
