/** Progress of a job: one line that is drawn anew on a terminal, few lines elsewhere. */
import { describe, expect, it } from 'vitest';
import { type Progress, progressView, sizeText } from '../../../src/cli/progress.ts';

const at = (status: string, rows: number, bytes = 0, estimatedRows?: number): Progress => ({
  status,
  rows,
  bytes,
  estimatedRows,
});

function shown(isTTY: boolean, steps: readonly (readonly [number, Progress])[], columns = 80): string {
  let written = '';
  let time = 0;
  const write = (text: string): void => {
    written += text;
  };
  const view = progressView({ write, isTTY, columns }, () => time);
  for (const [when, progress] of steps) {
    time = when;
    view.show('export', progress);
  }
  view.end();
  return written;
}

describe('on a terminal', () => {
  it('is one line, drawn anew, with a bar as far as the estimate goes', () => {
    const text = shown(true, [
      [0, at('RUNNING', 500, 2048, 1000)],
      [1, at('FINISHED', 1100, 4096, 1000)],
    ]);
    expect(text).toBe(
      `\r\u001b[Kexport [============            ]  50% 500 of about 1,000 rows, 2.0 KiB` +
        `\r\u001b[Kexport [========================] 100% 1,100 rows, 4.0 KiB\n`,
    );
  });

  it('tells of no end before the end, and of no share without an estimate', () => {
    expect(shown(true, [[0, at('RUNNING', 1000, 0, 1000)]])).toContain(' 99%');
    expect(shown(true, [[0, at('RUNNING', 1234567)]])).toContain('[                        ]      1,234,567 rows');
  });

  it('is never longer than a line of it', () => {
    expect(
      shown(true, [[0, at('RUNNING', 1e9, 1e9, 1e10)]], 40)
        .replace('\r\u001b[K', '')
        .replace('\n', ''),
    ).toHaveLength(39);
  });
});

it('elsewhere is a line for each change, and one every five seconds', () => {
  const running = (when: number, rows: number) => [when, at('RUNNING', rows)] as const;
  const text = shown(false, [
    [0, at('LAUNCHING', 0)],
    running(1, 0),
    running(2, 10),
    running(5002, 20),
    running(6000, 30),
    [6001, at('FINISHED', 40, 99)],
  ]);
  expect(text).toBe(
    'export: launching, 0 rows\nexport: running, 0 rows\nexport: running, 20 rows\nexport: finished, 40 rows, 99 bytes\n',
  );
});

it('writes sizes in units of 1,024', () => {
  expect([0, 1023, 1024, 1536, 5 * 1024 ** 3].map(sizeText)).toEqual([
    '0 bytes',
    '1023 bytes',
    '1.0 KiB',
    '1.5 KiB',
    '5.0 GiB',
  ]);
});
