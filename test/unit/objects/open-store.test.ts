/** Which folders a directory store may be without giving away what the server keeps for itself. */
import { describe, expect, it } from 'vitest';
import { loadConfig } from '../../../src/config.ts';
import { holdsDataDir } from '../../../src/objects/open-store.ts';

describe('a directory store', () => {
  it.each([
    ['', false],
    ['file:/data/objects', false],
    ['file:/data2', false],
    ['file:/other', false],
    ['s3:', false],
    ['file:/data', true],
    ['file:///data/', true],
    ['file:/', true],
    ['file:/data/objects/..', true],
  ])('at %j holds DATA_DIR: %s', (storage, wanted) => {
    expect(holdsDataDir(loadConfig({ DATA_DIR: '/data', STORAGE_URL: storage }))).toBe(wanted);
  });
});
