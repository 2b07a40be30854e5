/** What differs between the two select protocols over HTTP: body, frames, headers and the shape of errors. */
import type { IncomingMessage } from 'node:http';
import type { SelectError } from '../../select/errors.ts';
import { bosFrames, type FrameOptions, s3Frames } from '../../select/frames/frames.ts';
import type { SelectFrames } from '../../select/frames/stream.ts';
import { readBosRequest } from '../../select/requests/bos-request.ts';
import type { SelectDialect, SelectRequest } from '../../select/requests/request.ts';
import { readS3Request } from '../../select/requests/s3-request.ts';
import type { SelectTarget } from './select-target.ts';

interface SelectProtocol {
  /** Far above the largest expression as it may be written: base64, or XML with references. */
  readonly bodyLimit: number;
  read(object: SelectRequest['object'], target: SelectTarget, request: IncomingMessage, body: Buffer): SelectRequest;
  frames(options: FrameOptions): SelectFrames;
  /** Of every answer, good or bad. */
  headers(id: string): Readonly<Record<string, string>>;
  error(error: SelectError, id: string, target: SelectTarget): { readonly contentType: string; readonly body: string };
}

export const SELECT_PROTOCOLS: Readonly<Record<SelectDialect, SelectProtocol>> = {
  bos: {
    bodyLimit: 128 * 1024,
    read: (object, { query }, _request, body) => readBosRequest({ object, type: query.get('type') ?? undefined, body }),
    frames: bosFrames,
    headers: (id) => ({ 'x-bce-request-id': id }),
    // All three: bce-python-sdk reads each without a default.
    error: ({ code, message }, requestId) => ({
      contentType: 'application/json',
      body: JSON.stringify({ code, message, requestId }),
    }),
  },
  s3: {
    bodyLimit: 2 * 1024 * 1024,
    read: (object, { query }, { headers }, body) =>
      readS3Request({
        object,
        selectType: query.get('select-type') ?? undefined,
        location: oneHeader(headers['x-select-output-location']),
        mode: oneHeader(headers['x-select-output-mode']),
        header: oneHeader(headers['x-select-output-header']),
        body,
      }),
    frames: s3Frames,
    headers: (id) => ({ 'x-amz-request-id': id, 'x-amz-id-2': Buffer.from(id).toString('base64') }),
    error: ({ code, message }, id, { path }) => ({
      contentType: 'application/xml',
      body:
        '<?xml version="1.0" encoding="UTF-8"?>\n' +
        `<Error><Code>${code}</Code><Message>${xmlText(message)}</Message>` +
        `<Resource>${xmlText(path.replace(/^\/v1(?=\/)/, ''))}</Resource><RequestId>${id}</RequestId></Error>`,
    }),
  },
};

const oneHeader = (value: string | readonly string[] | undefined): string | undefined =>
  typeof value === 'string' || value === undefined ? value : value.join(',');

const ESCAPED: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;' };

/** Without the characters that no XML document may hold, which a message may quote from data. */
function xmlText(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is removed.
  const legal = text.replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/g, '\ufffd');
  return legal.replace(/[&<>]/g, (character) => ESCAPED[character]!);
}
