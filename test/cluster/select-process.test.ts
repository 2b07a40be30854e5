/**
 * The compiled server in a process of its own, over objects far larger than its memory may be: what the system says of the bytes that it has
 * read and of the memory that it ever had. TEST_FULL: 5 GB of csv.gz.
 */
import { mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { type IncomingMessage, request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type ServerProcess, startServer } from '../bench/server.ts';
import { getEngine } from '../support/engine.ts';
import { bosBody } from '../unit/http/select-kit.ts';
import { readBosMessages } from '../unit/select/read-messages.ts';

const PARTS = process.env.TEST_FULL ? 250 : 12;
const PLAIN_PARTS = 20;
const PATIENCE = 900_000;
const ROWS = 400_000;
const row = (i: number): string => `${i},name ${i % 1000},${i % 100},"quoted, ${i % 7}",2024-01-01T00:00:00Z\n`;

let folder: string;
let server: ServerProcess;
let part: Buffer;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'select-process-'));
  mkdirSync(join(folder, 'objects/demo'), { recursive: true });
  part = Buffer.from(Array.from({ length: ROWS }, (_, i) => row(i)).join(''));
  await repeat('large.csv', part, PLAIN_PARTS);
  // A file of gzip may have many members.
  await repeat('large.csv.gz', gzipSync(part, { level: 1 }), PARTS);
  server = await startServer(getEngine().url, { compiled: true, env: { DATA_DIR: folder } });
}, PATIENCE);
afterAll(async () => {
  await server?.stop();
  rmSync(folder, { recursive: true, force: true });
});

async function repeat(name: string, bytes: Buffer, times: number): Promise<void> {
  const file = await open(join(folder, 'objects/demo', name), 'w');
  for (let i = 0; i < times; i++) await file.write(bytes);
  await file.close();
}

/** Bytes. */
function ofProcess(file: 'io' | 'status', name: string): number {
  const [, value, unit] = new RegExp(`^${name}:\\s+(\\d+)( kB)?$`, 'm').exec(
    readFileSync(`/proc/${server.pid}/${file}`, 'utf8'),
  )!;
  return Number(value) * (unit === undefined ? 1 : 1024);
}
const bytesRead = (): number => ofProcess('io', 'rchar');

function ask(key: string, sql: string, more: Readonly<Record<string, unknown>> = {}): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    const sent = request(`${server.url}/v1/demo/${key}?select&type=csv`, { method: 'POST', agent: false }, resolve);
    sent.on('error', reject);
    sent.end(bosBody(sql, more));
  });
}

/** Until nothing more is read for a while. */
async function settled(): Promise<number> {
  for (let before = bytesRead(); ; ) {
    await sleep(300);
    const now = bytesRead();
    // Asking for the figure is no reading of the object.
    if (now - before < 100_000) return now;
    before = now;
  }
}

describe.skipIf(process.platform !== 'linux')('the server', () => {
  // First, for the peak is of the process's whole life.
  it(
    `never has 256 MB in memory over ${Math.round((PARTS * 20) / 10) / 100} GB of csv.gz`,
    async () => {
      const gzip = { inputSerialization: { compressionType: 'GZIP', csv: {} } };
      for (const [sql, records] of [
        ['SELECT _1, _4 FROM BosObject WHERE _3 = 50', (PARTS * ROWS) / 100],
        ['SELECT COUNT(*), SUM(CAST(_3 AS INT)) FROM BosObject', 1],
      ] as const) {
        let lines = 0;
        let tail: Buffer = Buffer.alloc(0);
        for await (const bytes of (await ask('large.csv.gz', sql, gzip)) as AsyncIterable<Buffer>) {
          tail = Buffer.concat([tail, bytes]);
          // Messages are told by their first four bytes; whole ones are counted and let go.
          let at = 0;
          while (tail.length - at >= 4 && tail.length - at >= tail.readUInt32BE(at)) {
            const end = at + tail.readUInt32BE(at);
            const [message] = readBosMessages(tail.subarray(at, end));
            if (message!.type === 'Records') lines += message!.payload.toString().split('\n').length - 1;
            else expect(message!.headers['error-code']).toBe('success');
            at = end;
          }
          tail = tail.subarray(at);
        }
        expect({ sql, lines }).toEqual({ sql, lines: records });
      }
      const peak = ofProcess('status', 'VmHWM');
      console.log(`peak memory of the server: ${Math.round(peak / 1e6)} MB`);
      expect(peak).toBeLessThan(256 * 1024 * 1024);
    },
    PATIENCE,
  );

  it(
    'begins to answer before the object is read, waits for a slow client, and stops when it is gone',
    async () => {
      const size = part.length * PLAIN_PARTS;
      for (const sql of ['SELECT * FROM BosObject', "SELECT UPPER(_2), _1 FROM BosObject WHERE _2 LIKE 'name %'"]) {
        const before = bytesRead();
        const response = await ask('large.csv', sql);
        await new Promise((resolve) => response.once('readable', resolve));
        expect(response.read(1)).not.toBeNull();
        const begun = bytesRead() - before;
        const held = (await settled()) - before;
        response.on('error', () => undefined);
        response.destroy();
        const left = (await settled()) - before;
        // Blocks on their way, and what the sockets between the two hold.
        expect({ sql, begun: begun < size / 4, held: held < size / 4, left: left < size / 2 }).toEqual({
          sql,
          begun: true,
          held: true,
          left: true,
        });
      }
    },
    PATIENCE,
  );
});
