// `npm test`: runs vitest with the given arguments and prints one line with the counts of vitest's report.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

interface Report {
  numPassedTests: number;
  numFailedTests: number;
  numPendingTests: number;
  numTodoTests: number;
  testResults: { status: string; assertionResults: { status: string }[] }[];
}

const folder = await mkdtemp(join(tmpdir(), 'darkroom-report-'));
const reportFile = join(folder, 'report.json');
const vitest = join(import.meta.dirname, '../node_modules/vitest/vitest.mjs');
const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${reportFile}`];

const child = spawn(process.execPath, [vitest, 'run', ...reporters, ...process.argv.slice(2)], { stdio: 'inherit' });
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => child.kill(signal));
await once(child, 'close');

process.exitCode = child.exitCode ?? 1;
try {
  const report = JSON.parse(await readFile(reportFile, 'utf8')) as Report;
  const skipped = report.numPendingTests + report.numTodoTests;
  let failed = report.numFailedTests + countFilesThatDidNotRun(report);
  // An error outside of any test fails the run too.
  if (process.exitCode !== 0 && failed === 0) failed = 1;
  if (failed > 0) process.exitCode ||= 1;
  console.log(`${report.numPassedTests} passed, ${failed} failed, ${skipped} skipped`);
} catch (error) {
  process.exitCode ||= 1;
  console.error(`vitest left no report: ${String(error)}`);
  console.log('0 passed, 1 failed, 0 skipped');
} finally {
  await rm(folder, { recursive: true, force: true });
}

/** A file that throws while it is loaded fails without a failed test. */
function countFilesThatDidNotRun({ testResults }: Report): number {
  const broken = testResults.filter(
    ({ status, assertionResults }) =>
      status === 'failed' && !assertionResults.some(({ status: result }) => result === 'failed'),
  );
  return broken.length;
}
