/** Finds the values that FROM's path names in a stream of JSON text, and holds none of the rest (spec s3-select 3). */
import type { FromStep } from '../../../translators/object-sql/index.ts';
import { SelectError } from '../errors.ts';

interface Frame {
  readonly object: boolean;
  /** Steps that the container's members have behind them; -1: the path leads elsewhere. */
  readonly step: number;
  /** Elements so far. */
  index: number;
  /** Something in it was given out, or was called by the member's name. */
  found: boolean;
  /** The name of the member that comes. */
  key: string | undefined;
  expects: 'key' | 'colon' | 'value' | 'firstValue' | 'firstKey' | 'comma';
}

interface DocumentLimits {
  readonly recordBytes: number;
  readonly depth: number;
}

/** Undefined in the output: the path found nothing there, a MISSING record. */
export class JsonDocumentSplitter {
  private readonly frames: Frame[] = [];
  /** Depth at which the value that is being copied began; -1: none is. */
  private copyDepth = -1;
  private copied: string[] = [];
  private copiedLength = 0;
  private token: 'none' | 'string' | 'escape' | 'scalar' = 'none';
  /** The string is a member's name. */
  private isKey = false;
  private keyText = '';
  private position = 0;
  private read = 0;

  constructor(
    private readonly steps: readonly FromStep[],
    private readonly limits: DocumentLimits,
  ) {}

  push(text: string, out: (string | undefined)[]): void {
    let copyFrom = this.copyDepth >= 0 ? 0 : -1;
    for (let i = 0; i < text.length; i++) {
      const c = text.charCodeAt(i);
      if (this.token === 'string') {
        i = this.inString(text, i);
        if (i < 0) break;
        this.endString(text, i, out, copyFrom);
        if (this.copyDepth < 0) copyFrom = -1;
        continue;
      }
      if (this.token === 'escape') {
        if (this.isKey) this.keyText += text[i];
        this.token = 'string';
        continue;
      }
      if (this.token === 'scalar') {
        if (!isBreak(c)) continue;
        this.token = 'none';
        copyFrom = this.endValue(text, i, out, copyFrom);
      }
      if (c === 32 || c === 10 || c === 13 || c === 9) continue;
      this.position = this.read + i;
      copyFrom = this.structure(c, text, i, out, copyFrom);
    }
    if (copyFrom >= 0) this.copy(text.slice(copyFrom));
    this.read += text.length;
  }

  end(out: (string | undefined)[]): void {
    if (this.token === 'scalar') {
      this.token = 'none';
      this.endValue('', 0, out, this.copyDepth >= 0 ? 0 : -1);
    }
    if (this.frames.length > 0 || this.token !== 'none') {
      throw new SelectError('TruncatedInput', 'the JSON text ends in the middle of a value');
    }
  }

  /** To the closing quote, which it gives back; -1: the text ends before. */
  private inString(text: string, start: number): number {
    for (let i = start; i < text.length; i++) {
      const c = text.charCodeAt(i);
      if (c === 34) {
        if (this.isKey) this.keyText += text.slice(start, i);
        return i;
      }
      if (c === 92) {
        if (this.isKey) this.keyText += text.slice(start, i + 1);
        if (i + 1 >= text.length) {
          this.token = 'escape';
          return -1;
        }
        i++;
        if (this.isKey) this.keyText += text[i];
        start = i + 1;
      }
    }
    if (this.isKey) this.keyText += text.slice(Math.min(start, text.length));
    if (this.isKey && this.keyText.length > this.limits.recordBytes) this.tooLong();
    return -1;
  }

  private endString(text: string, i: number, out: (string | undefined)[], copyFrom: number): void {
    this.token = 'none';
    const frame = this.frames.at(-1);
    if (this.isKey && frame !== undefined) {
      this.isKey = false;
      frame.key = this.keyText.includes('\\') ? unescaped(this.keyText) : this.keyText;
      frame.expects = 'colon';
      return;
    }
    this.endValue(text, i + 1, out, copyFrom);
  }

  private structure(c: number, text: string, i: number, out: (string | undefined)[], copyFrom: number): number {
    const frame = this.frames.at(-1);
    switch (c) {
      case 123: // {
      case 91: // [
        return this.open(c === 123, i, out, copyFrom);
      case 125: // }
      case 93: // ]
        return this.close(c === 125, text, i, out, copyFrom);
      case 44: // ,
        if (frame === undefined || frame.expects !== 'comma') this.unexpected(',');
        frame.expects = frame.object ? 'key' : 'value';
        return copyFrom;
      case 58: // :
        if (frame?.expects !== 'colon') this.unexpected(':');
        frame.expects = 'value';
        return copyFrom;
      case 34: // "
        if (frame?.object && (frame.expects === 'key' || frame.expects === 'firstKey')) {
          this.isKey = true;
          this.keyText = '';
          this.token = 'string';
          return copyFrom;
        }
        this.token = 'string';
        return this.begin(i, 'scalar', out, copyFrom);
      default:
        this.token = 'scalar';
        return this.begin(i, 'scalar', out, copyFrom);
    }
  }

  /** A value begins here: it is copied when the path ends at it; what the path cannot go into is MISSING. */
  private begin(i: number, kind: 'object' | 'array' | 'scalar', out: (string | undefined)[], copyFrom: number): number {
    const frame = this.frames.at(-1);
    this.expectValue(frame);
    if (this.copyDepth >= 0) return copyFrom;
    const step = this.stepOfChild(frame);
    if (step === this.steps.length) {
      this.copyDepth = this.frames.length;
      this.copied = [];
      this.copiedLength = 0;
      return i;
    }
    if (step >= 0 && !enters(this.steps[step]!, kind)) out.push(undefined);
    return copyFrom;
  }

  private expectValue(frame: Frame | undefined): void {
    if (frame !== undefined && frame.expects !== 'value' && frame.expects !== 'firstValue') this.unexpected('a value');
  }

  /** Steps that lead to the value that begins now, -1 when the path does not. */
  private stepOfChild(frame: Frame | undefined): number {
    if (frame === undefined) return 0;
    if (frame.step < 0) return -1;
    const step = this.steps[frame.step]!;
    switch (step.kind) {
      case 'elements':
      case 'members':
        frame.found = true;
        return frame.step + 1;
      case 'element':
        if (frame.index !== step.index) return -1;
        frame.found = true;
        return frame.step + 1;
      case 'member': {
        const key = frame.key!;
        const fits = step.quoted ? key === step.name : key.toLowerCase() === step.name.toLowerCase();
        if (!fits || frame.found) return -1;
        frame.found = true;
        return frame.step + 1;
      }
    }
  }

  private open(object: boolean, i: number, out: (string | undefined)[], copyFrom: number): number {
    const frame = this.frames.at(-1);
    this.expectValue(frame);
    let step = -1;
    let from = copyFrom;
    if (this.copyDepth >= 0) this.begin(i, 'scalar', out, copyFrom);
    else {
      const kind = object ? 'object' : 'array';
      const wanted = this.peekStep(frame);
      from = this.begin(i, kind, out, copyFrom);
      step = this.copyDepth >= 0 || wanted < 0 || !enters(this.steps[wanted]!, kind) ? -1 : wanted;
    }
    if (this.frames.length >= this.limits.depth) {
      throw new SelectError('JSONParsingError', `JSON is nested deeper than ${this.limits.depth} levels`);
    }
    this.frames.push({
      object,
      step,
      index: 0,
      found: false,
      key: undefined,
      expects: object ? 'firstKey' : 'firstValue',
    });
    return from;
  }

  private peekStep(frame: Frame | undefined): number {
    if (frame === undefined) return 0;
    const { found } = frame;
    const step = this.stepOfChild(frame);
    frame.found = found;
    return step;
  }

  private close(object: boolean, text: string, i: number, out: (string | undefined)[], copyFrom: number): number {
    const frame = this.frames.pop();
    const complete = frame?.expects === 'comma' || frame?.expects === 'firstKey' || frame?.expects === 'firstValue';
    if (frame === undefined || frame.object !== object || !complete) this.unexpected(object ? '}' : ']');
    // A path that finds nothing still gives a record (spec s3-select 3).
    if (frame.step >= 0 && !frame.found) out.push(undefined);
    return this.endValue(text, i + 1, out, copyFrom);
  }

  /** `end` is behind the value. */
  private endValue(text: string, end: number, out: (string | undefined)[], copyFrom: number): number {
    const frame = this.frames.at(-1);
    if (frame !== undefined) {
      frame.expects = 'comma';
      frame.index++;
    }
    if (this.copyDepth !== this.frames.length) return copyFrom;
    this.copy(text.slice(copyFrom, end));
    out.push(this.copied.length === 1 ? this.copied[0] : this.copied.join(''));
    this.copyDepth = -1;
    this.copied = [];
    return -1;
  }

  private copy(text: string): void {
    this.copied.push(text);
    this.copiedLength += text.length;
    if (this.copiedLength > this.limits.recordBytes) this.tooLong();
  }

  private tooLong(): never {
    throw new SelectError('OverMaxRecordSize', `a record is longer than ${this.limits.recordBytes} bytes`);
  }

  private unexpected(what: string): never {
    throw new SelectError('JSONParsingError', `no JSON: unexpected ${what} at character ${this.position + 1}`);
  }
}

const isBreak = (c: number): boolean =>
  c === 44 ||
  c === 125 ||
  c === 93 ||
  c === 32 ||
  c === 10 ||
  c === 13 ||
  c === 9 ||
  c === 58 ||
  c === 34 ||
  c === 123 ||
  c === 91;

function enters(step: FromStep, kind: 'object' | 'array' | 'scalar'): boolean {
  return kind === (step.kind === 'member' || step.kind === 'members' ? 'object' : 'array');
}

function unescaped(text: string): string {
  try {
    return JSON.parse(`"${text}"`) as string;
  } catch {
    throw new SelectError('JSONParsingError', 'no JSON: the name of a member cannot be read');
  }
}
