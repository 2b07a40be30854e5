/**
 * `npm test`: installs what is missing, then runs lint, types and every suite, and closes with `N passed, N failed`.
 * `--full` adds what takes long; names of steps run only those (`npm test -- lint unit`).
 */
import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { checkNode, fail, install, ROOT } from './install.mjs';

const bin = (path) => join(ROOT, 'node_modules', path);

/** A step is a command with the way its outcome is counted. */
const STEPS = [
  { name: 'lint', args: [bin('@biomejs/biome/bin/biome'), 'check', '.'], count: countExit },
  { name: 'types', args: [bin('typescript/bin/tsc'), '-p', 'tsconfig.json', '--noEmit'], count: countExit },
  { name: 'unit', args: vitest('unit'), count: countVitest },
  { name: 'cluster', args: vitest('cluster'), count: countVitest },
];

function vitest(project) {
  return [bin('vitest/vitest.mjs'), 'run', '--project', project, '--reporter=default', '--reporter=json'];
}

function countExit({ code }) {
  return { passed: code === 0 ? 1 : 0, failed: code === 0 ? 0 : 1, skipped: 0 };
}

/** Failures outside of a test (a file that cannot be loaded, an error after the end) count as one. */
function countVitest({ code, report }) {
  let result;
  try {
    result = JSON.parse(readFileSync(report, 'utf8'));
  } catch {
    return { passed: 0, failed: 1, skipped: 0 };
  }
  const broken = result.testResults.filter(
    (file) => file.status === 'failed' && file.assertionResults.length === 0,
  ).length;
  const failed = result.numFailedTests + broken;
  return {
    passed: result.numPassedTests,
    failed: failed === 0 && code !== 0 ? 1 : failed,
    skipped: result.numPendingTests + result.numTodoTests,
  };
}

let running;

function run(step, env, report) {
  const args = step.count === countVitest ? [...step.args, `--outputFile.json=${report}`] : step.args;
  return new Promise((resolve) => {
    running = spawn(process.execPath, args, { cwd: ROOT, env, stdio: ['ignore', 'inherit', 'inherit'] });
    running.once('error', () => resolve(1));
    running.once('close', (code) => resolve(code ?? 1));
  });
}

// The steps stop what they have started; then this process ends by itself, with the count so far.
let interrupted = false;
for (const signal of ['SIGINT', 'SIGTERM']) {
  process.on(signal, () => {
    interrupted = true;
    running?.kill(signal);
  });
}

const words = process.argv.slice(2);
const full = words.includes('--full');
const names = words.filter((word) => word !== '--full');
const unknown = names.filter((name) => !STEPS.some((step) => step.name === name));
if (unknown.length > 0)
  fail(`Unknown step ${unknown.join(', ')}: there are ${STEPS.map((step) => step.name).join(', ')}.`);

checkNode();
install();

const env = { ...process.env, ...(full ? { TEST_FULL: '1' } : {}) };
const reports = mkdtempSync(join(tmpdir(), 'sql-proxy-report-'));
const total = { passed: 0, failed: 0, skipped: 0 };
const summary = [];
for (const step of STEPS) {
  if (interrupted || (names.length > 0 && !names.includes(step.name))) continue;
  console.log(`\n== ${step.name}`);
  const started = Date.now();
  const report = join(reports, `${step.name}.json`);
  const counts = step.count({ code: await run(step, env, report), report });
  for (const key of Object.keys(total)) total[key] += counts[key];
  const seconds = ((Date.now() - started) / 1000).toFixed(1);
  summary.push(
    `${step.name.padEnd(10)} ${seconds.padStart(6)} s   ${counts.passed} passed, ${counts.failed} failed, ${counts.skipped} skipped`,
  );
}
rmSync(reports, { recursive: true, force: true });
if (interrupted) {
  summary.push('interrupted');
  total.failed += 1;
}

console.log(`\n== summary\n${summary.join('\n')}\n`);
console.log(`${total.passed} passed, ${total.failed} failed${total.skipped > 0 ? `, ${total.skipped} skipped` : ''}`);
process.exitCode = total.failed > 0 ? 1 : 0;
