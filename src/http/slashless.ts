/**
 * Requests whose target lacks its first slash, as `GET _cat/indices`, which low-level Java clients send: Node's parser refuses them.
 * The bytes that it refused are read again with the slash, as a connection of their own that ends after its one answer.
 */
import type { Server } from 'node:http';
import type { Socket } from 'node:net';
import { Duplex } from 'node:stream';
import type { TLSSocket } from 'node:tls';

interface ParserError extends Error {
  readonly code?: string;
  readonly bytesParsed?: number;
  /** What came in the piece that the parser failed at. */
  readonly rawPacket?: Buffer;
}

/** Only what changes nothing and has no body, so that the head is all there is. */
const FIRST_LINE = /^(?:GET|HEAD|OPTIONS) (?=[A-Za-z0-9_%.-])[!-~]+ HTTP\/1\.[01]\r\n/;
const METHOD = /^(?:GET|HEAD|OPTIONS) /;
const BODY = /\r\n(?:transfer-encoding:|content-length:(?![ \t]*0+[ \t]*\r\n))/i;
const CONNECTION = /\r\n(?:connection|keep-alive):[^\r\n]*/gi;
const END = '\r\n\r\n';
/** For the rest of a head that comes in several pieces. */
const PATIENCE_MILLISECONDS = 10_000;

const ANSWERS: Readonly<Record<string, string>> = {
  HPE_HEADER_OVERFLOW: '431 Request Header Fields Too Large',
  HPE_CHUNK_EXTENSIONS_OVERFLOW: '413 Payload Too Large',
  ERR_HTTP_REQUEST_TIMEOUT: '408 Request Timeout',
};

/** `connected`: the event by which the server takes a connection that is ready for HTTP. */
export function acceptSlashless(
  server: Server,
  connected: 'connection' | 'secureConnection',
  maxHeaderBytes: number,
): void {
  const heads = new WeakMap<Socket, Buffer>();
  const taken = new WeakSet<Socket>();
  server.on('clientError', (error: ParserError, stream) => {
    const socket = stream as Socket;
    if (taken.has(socket)) return;
    const before = heads.get(socket);
    const head = before === undefined ? firstPiece(error, socket) : Buffer.concat([before, error.rawPacket ?? NOTHING]);
    const end = head?.indexOf(END) ?? -1;
    if (head === undefined || head.length > maxHeaderBytes || error.code !== 'HPE_INVALID_URL') {
      refuse(error, socket);
    } else if (end < 0) {
      heads.set(socket, head);
      if (before === undefined) socket.setTimeout(PATIENCE_MILLISECONDS, () => socket.destroy());
    } else {
      const mended = withSlash(head.toString('latin1', 0, end + END.length));
      if (mended === undefined) {
        refuse(error, socket);
        return;
      }
      taken.add(socket);
      socket.setTimeout(0);
      server.emit(connected, new Replayed(socket, Buffer.from(mended, 'latin1')));
    }
  });
}

const NOTHING = Buffer.alloc(0);

/** Undefined where it begins in the middle of something: the method was in another piece, or an answer is still on its way. */
function firstPiece({ rawPacket, bytesParsed = 0 }: ParserError, socket: Socket): Buffer | undefined {
  if (rawPacket === undefined || !METHOD.test(rawPacket.toString('latin1', 0, 8))) return undefined;
  const line = rawPacket.indexOf('\r\n');
  return (line < 0 || bytesParsed <= line) && isIdle(socket) ? rawPacket : undefined;
}

/** Node's own handler of this event asks the same of the same member. */
const isIdle = (socket: Socket): boolean => !(socket as { readonly _httpMessage?: unknown })._httpMessage;

function withSlash(head: string): string | undefined {
  if (!FIRST_LINE.test(head) || BODY.test(head)) return undefined;
  const closing = head.replaceAll(CONNECTION, '').slice(0, -2);
  return `${closing.replace(' ', ' /')}Connection: close${END}`;
}

/** As Node does where nobody listens to this event. */
function refuse({ code = '' }: ParserError, socket: Socket): void {
  const isFree =
    isIdle(socket) || !(socket as { readonly _httpMessage?: { _headerSent?: boolean } })._httpMessage?._headerSent;
  if (socket.writable && isFree) {
    socket.write(`HTTP/1.1 ${ANSWERS[code] ?? '400 Bad Request'}\r\nConnection: close\r\n\r\n`);
  }
  socket.destroy();
}

/** Gives the mended head, and hands on the answer. */
class Replayed extends Duplex {
  readonly #socket: Socket;

  constructor(socket: Socket, head: Buffer) {
    super();
    this.#socket = socket;
    this.push(head);
    socket.on('close', () => this.destroy());
    socket.on('error', () => this.destroy());
  }

  get remoteAddress(): string | undefined {
    return this.#socket.remoteAddress;
  }
  get remotePort(): number | undefined {
    return this.#socket.remotePort;
  }
  get encrypted(): boolean {
    return (this.#socket as TLSSocket).encrypted === true;
  }

  override _read(): void {
    // The head was all.
  }

  override _write(chunk: Buffer, _encoding: BufferEncoding, done: (error?: Error | null) => void): void {
    this.#socket.write(chunk, done);
  }

  override _final(done: () => void): void {
    this.#socket.end(done);
  }

  override _destroy(error: Error | null, done: (error?: Error | null) => void): void {
    this.#socket.destroy();
    done(error);
  }
}
