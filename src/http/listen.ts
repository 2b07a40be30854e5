/** The HTTP or HTTPS server: bound before anything slow is begun, so that a busy port is told at once. */
import { createServer, type RequestListener, type Server, type ServerOptions } from 'node:http';
import { createServer as createTlsServer, type Server as TlsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import type { TlsFiles } from '../config/tls-files.ts';
import { JSON_TYPE } from './render-error.ts';
import { acceptSlashless } from './slashless.ts';

export interface Listening {
  /** As one would type it; a server on all addresses is reached by localhost. */
  readonly url: string;
  /** From now on requests are answered; before, they get 503. */
  serve(handler: RequestListener): void;
  /** For connections from now on. Only of a server that began with TLS. */
  useTls(files: TlsFiles): void;
  /** Takes no more requests and waits for those that run, as long as the grace lasts. */
  close(graceMilliseconds: number): Promise<void>;
}

class ListenError extends Error {
  override readonly name = 'ListenError';
}

// Bulk bodies may take long to arrive; connections are kept longer than clients and load balancers keep them.
const MAX_HEADER_BYTES = 65_536;
const HEAD_MILLISECONDS = 60_000;
const optionsOf = (headMilliseconds: number): ServerOptions => ({
  // Node would take a request's own limit, which is none, for that of its head too.
  requestTimeout: 0,
  headersTimeout: headMilliseconds,
  connectionsCheckingInterval: Math.min(30_000, headMilliseconds / 2),
  keepAliveTimeout: 75_000,
  maxHeaderSize: MAX_HEADER_BYTES,
});

/** `tls` undefined: plain HTTP. `headMilliseconds`: in which the head of a request has to be complete. */
export async function listen(
  host: string,
  port: number,
  tls?: TlsFiles,
  headMilliseconds = HEAD_MILLISECONDS,
): Promise<Listening> {
  const options = optionsOf(headMilliseconds);
  let handler: RequestListener = starting;
  const answer: RequestListener = (request, response) => handler(request, response);
  const server: Server | TlsServer =
    tls === undefined
      ? createServer(options, answer)
      : createTlsServer({ ...options, ...tls.context, requestCert: tls.asksClients }, answer);
  acceptSlashless(server, tls === undefined ? 'connection' : 'secureConnection', MAX_HEADER_BYTES);
  await bind(server, host, port);
  const { port: bound } = server.address() as AddressInfo;
  const shown = host === '0.0.0.0' || host === '::' ? 'localhost' : host.includes(':') ? `[${host}]` : host;
  return {
    url: `${tls === undefined ? 'http' : 'https'}://${shown}:${bound}`,
    serve(next) {
      handler = next;
    },
    useTls(files) {
      if ('setSecureContext' in server) server.setSecureContext(files.context);
    },
    close: (grace) =>
      new Promise((resolve) => {
        const timer = setTimeout(() => server.closeAllConnections(), grace);
        server.close(() => {
          clearTimeout(timer);
          resolve();
        });
        server.closeIdleConnections();
      }),
  };
}

function bind(server: Server | TlsServer, host: string, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => reject(new ListenError(sentence(error, host, port))));
    server.listen(port, host, () => {
      server.removeAllListeners('error');
      resolve();
    });
  });
}

function sentence(error: NodeJS.ErrnoException, host: string, port: number): string {
  switch (error.code) {
    case 'EADDRINUSE':
      return `Port ${port} on ${host} is taken by another program; set PORT to a free one.`;
    case 'EACCES':
      return `Port ${port} may not be used without special rights; set PORT to one above 1023.`;
    case 'EADDRNOTAVAIL':
    case 'ENOTFOUND':
      return `HOST is ${host}, which is no address of this machine.`;
    default:
      return `The server cannot listen on ${host}:${port}: ${error.message}`;
  }
}

const starting: RequestListener = (request, response) => {
  request.resume();
  const error = {
    reason: 'The server is starting',
    details: 'Try again in a moment.',
    type: 'ServerStartingException',
  };
  const body = JSON.stringify({ error, status: 503 }, null, 2);
  response.writeHead(503, { 'content-type': JSON_TYPE, 'content-length': Buffer.byteLength(body), 'retry-after': '2' });
  response.end(body);
};
