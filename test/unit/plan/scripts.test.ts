import { describe, expect, it } from 'vitest';
import { clusterError } from '../../../src/cluster/cluster-error.ts';
import { createScripts, type ScriptUse } from '../../../src/plan/scripts.ts';

const refusal = (reason: string) =>
  clusterError(
    500,
    JSON.stringify({
      error: {
        type: 'search_phase_execution_exception',
        reason: 'all shards failed',
        failed_shards: [
          { shard: 0, reason: { type: 'query_shard_exception', reason: 'failed', caused_by: { type: 'x', reason } } },
        ],
      },
    }),
  );
const TOO_MANY = refusal('[script] Too many dynamic script compilations within, max: [75/5m]; please use indexed');
const OFF = refusal('cannot execute [inline] scripts');

/** Fails as long as `uses` says so; the uses that were tried. */
async function tried(
  scripts: ReturnType<typeof createScripts>,
  error: Error,
  uses: readonly ScriptUse[],
): Promise<ScriptUse[]> {
  const seen: ScriptUse[] = [];
  await scripts
    .within(async (use) => {
      seen.push(use);
      if (uses.includes(use)) throw error;
    })
    .catch(() => undefined);
  return seen;
}

describe('scripts that a cluster refuses', () => {
  it.each([
    ['too many', TOO_MANY, 60_000],
    ['switched off', OFF, 600_000],
    ['a context that is switched off', refusal('cannot execute scripts using [filter] context'), 600_000],
  ])('are done without for a while: %s', async (_, error, period) => {
    let now = 1000;
    const scripts = createScripts(() => now);
    expect(await tried(scripts, error, ['all'])).toEqual(['all', 'sums']);
    expect(await tried(scripts, error, [])).toEqual(['sums']);
    now += period - 1;
    expect(scripts.use()).toBe('sums');
    now += 1;
    expect(scripts.use()).toBe('all');
  });

  it('are given up step by step', async () => {
    const scripts = createScripts();
    expect(await tried(scripts, OFF, ['all', 'sums'])).toEqual(['all', 'sums', 'none']);
    expect(await tried(scripts, OFF, ['all', 'sums', 'none'])).toEqual(['sums', 'none']);
  });

  it('are done without by a statement whose addresses they cannot read, and by no other', async () => {
    const scripts = createScripts();
    const caused = { type: 'e_o_f_exception', reason: 'read past EOF (pos=1): MemorySegmentIndexInput' };
    const reason = {
      type: 'script_exception',
      reason: 'runtime error',
      caused_by: { type: 'runtime_exception', reason: `java.io.EOFException: ${caused.reason}`, caused_by: caused },
    };
    const body = { error: { type: 'x', reason: 'all shards failed', failed_shards: [{ shard: 0, reason }] } };
    expect(await tried(scripts, clusterError(400, JSON.stringify(body)), ['all'])).toEqual(['all', 'none']);
    expect(scripts.use()).toBe('all');
  });

  it('are no reason to try again for other errors', async () => {
    const scripts = createScripts();
    expect(await tried(scripts, refusal('compile error'), ['all'])).toEqual(['all']);
    expect(await tried(scripts, new Error('Too many dynamic script compilations'), ['all'])).toEqual(['all']);
    expect(scripts.use()).toBe('all');
  });
});
