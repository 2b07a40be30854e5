/** The two protocols' messages for one answer, over their encoders. */

import type { SelectProgress } from '../requests/request.ts';
import { bosCont, bosEnd, bosRecords } from './bos-frames.ts';
import { MAX_EVENT_BYTES, s3Cont, s3End, s3Error, s3Records, s3Totals } from './event-stream.ts';
import type { SelectFrames } from './stream.ts';

export interface FrameOptions {
  readonly progress: boolean;
  /** The line of names, if it is wanted. */
  readonly header: Buffer | undefined;
}

/** Only `success` counts as good (bos-select 4). */
const SUCCESS = 'success';
/** Lengths of header values are 16 bits; messages are cut far below. */
const LONGEST_MESSAGE = 2_000;

/** Every Records message starts with the line of names, as the API says. */
export function bosFrames({ progress, header }: FrameOptions): SelectFrames {
  let returned = 0;
  return {
    records(payload) {
      returned += payload.length + (header?.length ?? 0);
      return [header === undefined ? bosRecords(payload) : bosRecords(header, payload)];
    },
    beat: ({ scanned }) => (progress ? [bosCont(scanned, returned)] : []),
    end: () => [bosEnd(SUCCESS, '')],
    failure: (code, message) => bosEnd(code, oneLine(message)),
    get returned() {
      return returned;
    },
  };
}

/** Clients put all payloads together, so that the line of names comes once. */
export function s3Frames({ progress, header }: FrameOptions): SelectFrames {
  const most = MAX_EVENT_BYTES - s3Records(Buffer.alloc(0)).length;
  let returned = 0;
  const totals = (read: SelectProgress) => ({ ...read, returned });
  return {
    records(payload) {
      const bytes = returned === 0 && header !== undefined ? Buffer.concat([header, payload]) : payload;
      returned += bytes.length;
      const messages: Buffer[] = [];
      // Only a record that is longer than a message is cut.
      for (let at = 0; at < bytes.length; at += most) messages.push(s3Records(bytes.subarray(at, at + most)));
      return messages;
    },
    beat: (read) => [progress ? s3Totals('Progress', totals(read)) : s3Cont()],
    end: (read) => [
      ...(progress ? [s3Totals('Progress', totals(read))] : []),
      s3Totals('Stats', totals(read)),
      s3End(),
    ],
    failure: (code, message) => s3Error(code, oneLine(message)),
    get returned() {
      return returned;
    },
  };
}

const oneLine = (text: string): string => text.replace(/\s+/g, ' ').slice(0, LONGEST_MESSAGE);
