/**
 * `npm test`: installs what is missing, then runs lint, types and every suite, and closes with `N passed, N failed`.
 * `--full` adds what takes long, and the suites on the other versions of Node; names of steps run only those
 * (`npm test -- lint unit`), `--node 22` runs the suites on that version alone.
 */
import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { checkNode, fail, install, ROOT } from './install.mjs';
import { NODE_VERSIONS, nodeBinary } from './node-binary.mjs';

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

function run(step, node, env, report) {
  const args = step.count === countVitest ? [...step.args, `--outputFile.json=${report}`] : step.args;
  return new Promise((resolve) => {
    running = spawn(node, args, { cwd: ROOT, env, stdio: ['ignore', 'inherit', 'inherit'] });
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
const wanted = words.includes('--node') ? words[words.indexOf('--node') + 1] : undefined;
if (words.includes('--node') && !/^\d+(\.\d+)*$/.test(wanted ?? ''))
  fail('--node takes a version of Node, such as 22.');
const names = words.filter((word) => !word.startsWith('--') && word !== wanted);
const unknown = names.filter((name) => !STEPS.some((step) => step.name === name));
if (unknown.length > 0)
  fail(`Unknown step ${unknown.join(', ')}: there are ${STEPS.map((step) => step.name).join(', ')}.`);

checkNode();
install();

const env = { ...process.env, ...(full ? { TEST_FULL: '1' } : {}) };
const reports = mkdtempSync(join(tmpdir(), 'sql-proxy-report-'));
const total = { passed: 0, failed: 0, skipped: 0 };
const summary = [];

async function runStep(step, version, stepEnv) {
  const label = version ? `${step.name} (Node ${version})` : step.name;
  console.log(`\n== ${label}`);
  const started = Date.now();
  const report = join(reports, `${label.replace(/\W+/g, '-')}.json`);
  const node = version ? nodeBinary(version) : process.execPath;
  const counts = step.count({ code: await run(step, node, stepEnv, report), report });
  for (const key of Object.keys(total)) total[key] += counts[key];
  const seconds = ((Date.now() - started) / 1000).toFixed(1);
  summary.push(
    `${label.padEnd(20)} ${seconds.padStart(6)} s   ${counts.passed} passed, ${counts.failed} failed, ${counts.skipped} skipped`,
  );
}

const chosen = STEPS.filter((step) => names.length === 0 || names.includes(step.name));
for (const step of chosen) if (!interrupted) await runStep(step, wanted, env);
// What takes long runs once; elsewhere the suites as CI has them.
for (const version of full && !wanted ? NODE_VERSIONS : [])
  for (const step of chosen.filter(({ count }) => count === countVitest))
    if (!interrupted) await runStep(step, version, process.env);
rmSync(reports, { recursive: true, force: true });
if (interrupted) {
  summary.push('interrupted');
  total.failed += 1;
}

console.log(`\n== summary\n${summary.join('\n')}\n`);
console.log(`${total.passed} passed, ${total.failed} failed${total.skipped > 0 ? `, ${total.skipped} skipped` : ''}`);
process.exitCode = total.failed > 0 ? 1 : 0;
