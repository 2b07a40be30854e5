/**
 * What git asks before a commit, in a second or two: style and lint of the staged files; with the file of a message, its subject.
 * Turned on by `git config core.hooksPath .githooks`.
 */
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fail, ROOT } from './install.mjs';

const LONGEST_SUBJECT = 72;

function checkMessage(path) {
  const [subject = '', second] = readFileSync(path, 'utf8')
    .split('\n')
    .filter((line) => !line.startsWith('#'));
  if (subject.length > LONGEST_SUBJECT)
    fail(
      `The subject has ${subject.length} characters; ${LONGEST_SUBJECT} are the most. The reason goes into the body.`,
    );
  if (second) fail('An empty line divides the subject from the body.');
}

function checkStagedFiles() {
  const biome = join(ROOT, 'node_modules/@biomejs/biome/bin/biome');
  const args = [biome, 'check', '--staged', '--no-errors-on-unmatched'];
  const { status } = spawnSync(process.execPath, args, { cwd: ROOT, stdio: 'inherit' });
  if (status !== 0) fail('`npm run format` mends what can be mended.');
}

const message = process.argv[2];
if (message) checkMessage(message);
else checkStagedFiles();
