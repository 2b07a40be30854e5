/** A second S3 server for tests, which knows what s3rver lacks: aborted and listed uploads, conditions, the order of keys. */
import { spawn } from 'node:child_process';
import { CreateBucketCommand, S3Client } from '@aws-sdk/client-s3';
import { pythonPackages } from '../clients/tools.ts';
import { type MotoServer, s3Settings } from './s3-settings.ts';

const VERSION = '5.2.5';
const PROGRAM = `
import sys, threading
from moto.server import ThreadedMotoServer
server = ThreadedMotoServer(ip_address='127.0.0.1', port=0, verbose=False)
server.start()
print(server.get_host_and_port()[1], flush=True)
sys.stdin.read()
`;

export async function findMoto(): Promise<{ readonly path: string } | { readonly missing: string }> {
  return pythonPackages('moto[server]', VERSION);
}

/** `packages`: the folder that findMoto answered. */
export async function startMoto(packages: string): Promise<MotoServer> {
  const env = { ...process.env, PYTHONPATH: packages, PYTHONDONTWRITEBYTECODE: '1' };
  const child = spawn('python3', ['-c', PROGRAM], { env, stdio: ['pipe', 'pipe', 'ignore'] });
  const port = await new Promise<number>((resolve, reject) => {
    child.stdout.once('data', (line: Buffer) => resolve(Number(line.toString())));
    child.once('exit', (code) => reject(new Error(`moto ended with ${code}`)));
  });
  const settings = s3Settings(`http://127.0.0.1:${port}`);
  const client = new S3Client({
    endpoint: settings.endpoint!,
    region: 'us-east-1',
    forcePathStyle: true,
    credentials: { accessKeyId: settings.accessKey!, secretAccessKey: settings.secretKey! },
  });
  return {
    settings,
    client,
    makeBucket: async (Bucket) => void (await client.send(new CreateBucketCommand({ Bucket }))),
    async stop() {
      client.destroy();
      const ended = new Promise((resolve) => child.once('exit', resolve));
      child.kill();
      await ended;
    },
  };
}
