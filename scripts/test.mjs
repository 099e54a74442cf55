// Everything `npm test` stands for: format, lint, types, tests on every backend, the package as users get it, the README.
// The last line of the output is `N passed, N failed`; each vitest test counts as one, so does each other step.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pack } from '../test/package/consumer.mjs';

const scratch = mkdtempSync(join(tmpdir(), 'tfjs-tract-test-'));
const failures = [];
let passed = 0;
let failed = 0;

function run(command, args, env = {}) {
  const { status, error } = spawnSync(command, args, { stdio: 'inherit', env: { ...process.env, ...env } });
  if (error) console.error(error.message);
  return status === 0;
}

function count(name, good, bad) {
  passed += good;
  failed += bad;
  if (bad > 0) failures.push(bad === 1 ? name : `${name} (${bad})`);
}

function step(name, action) {
  console.log(`\n--- ${name}`);
  const start = performance.now();
  let ok = false;
  try {
    ok = action();
  } catch (error) {
    console.error(error);
  }
  console.log(
    `--- ${name}: ${ok ? 'passed' : 'FAILED'} (${((performance.now() - start) / 1000).toFixed(1)} s)`,
  );
  return ok;
}

const single = (name, action) => {
  const ok = step(name, action);
  count(name, ok ? 1 : 0, ok ? 0 : 1);
  return ok;
};

const bin = (name, ...args) => run(join('node_modules', '.bin', name), args);

/** vitest's own numbers; a suite that could not be collected, a test neither run nor todo, or a crash each count as failures. */
function vitest() {
  const file = join(scratch, 'vitest.json');
  const ok = step('vitest', () =>
    bin('vitest', 'run', '--reporter=default', '--reporter=json', `--outputFile.json=${file}`),
  );
  if (!existsSync(file)) return count('vitest wrote no report', 0, 1);
  const report = JSON.parse(readFileSync(file, 'utf8'));
  const uncollected = report.testResults.filter(
    (s) => s.status === 'failed' && s.assertionResults.length === 0,
  );
  let bad = report.numFailedTests + uncollected.length;
  if (!ok && bad === 0) bad = 1; // an unhandled error, for instance
  count('vitest', report.numPassedTests, bad);
  const skipped = report.numPendingTests + report.numTodoTests;
  if (skipped > 0) count(`${skipped} vitest tests skipped or todo`, 0, 1);
}

single('format (prettier)', () => bin('prettier', '--check', '.'));
single('lint (eslint)', () => bin('eslint', '.'));
single('types (tsc)', () => bin('tsc', '--noEmit'));
vitest();

let tarball;
if (
  single('build (tsup)', () => bin('tsup')) &&
  single('pack', () => (tarball = pack(scratch)) !== undefined)
) {
  single('publint', () => bin('publint', tarball, '--strict'));
  single('are the types wrong', () => bin('attw', tarball, '--profile', 'node16', '--no-emoji'));
  for (const user of ['import', 'require', 'bundle', 'readme']) {
    single(`package: ${user}`, () =>
      run(process.execPath, [`test/package/${user}.mjs`], { TFJS_TRACT_TARBALL: tarball }),
    );
  }
}

rmSync(scratch, { recursive: true, force: true });
if (failures.length > 0) console.log(`\nFailed:\n${failures.map((name) => `  ${name}`).join('\n')}`);
console.log(`\n${passed} passed, ${failed} failed`);
process.exitCode = failed === 0 ? 0 : 1;
