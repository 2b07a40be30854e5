/** Free ports are found without getting in the way of programs that are about to take them. */
import { createServer, type Server } from 'node:net';
import { afterEach, expect, it } from 'vitest';
import { freePort, isFree } from '../../../src/node/ports.ts';

const servers: Server[] = [];
afterEach(async () => {
  for (const server of servers.splice(0)) await new Promise((resolve) => server.close(resolve));
});

/** Rejects when the port is taken. */
async function listen(port: number): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen({ host: '127.0.0.1', port }, resolve);
  });
  servers.push(server);
  return (server.address() as { readonly port: number }).port;
}

it('passes over ports where somebody listens', async () => {
  const taken = await listen(0);
  expect(await isFree(taken)).toBe(false);
  expect(await freePort([taken, taken + 50])).toBeGreaterThan(taken);
  await expect(freePort([taken, taken])).rejects.toThrow(/No free port/);
});

it('never takes a port while it looks at it: who begins to listen meanwhile is not turned away', async () => {
  // Not one that connections go out from.
  const port = await freePort([9600, 9699]);
  for (let round = 0; round < 20; round++) {
    const looks = Array.from({ length: 4 }, () => isFree(port));
    await listen(port);
    await Promise.all(looks);
    await new Promise((resolve) => servers.pop()!.close(resolve));
  }
});
