// Everything `npm test` stands for: format, lint, types, tests on every backend, the package as users get it, the README.
// Backends that the machine lacks are set up where that is possible, and a line for each says that it ran, or was skipped and why; with
// CI=true a skip is a failure. The last line of the output is `N passed, N failed`; each vitest test counts as one, so does each other step.
import { copyFileSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pack } from '../test/package/consumer.mjs';
import { backends, chromium, isOf } from './backends.mjs';
import { run } from './run.mjs';

const scratch = mkdtempSync(join(tmpdir(), 'tfjs-tract-test-'));
const failures = [];
let passed = 0;
let failed = 0;

function count(name, good, bad) {
  passed += good;
  failed += bad;
  if (bad > 0) failures.push(bad === 1 ? name : `${name} (${bad})`);
}

async function step(name, action) {
  console.log(`\n--- ${name}`);
  const start = performance.now();
  let ok = false;
  try {
    ok = await action();
  } catch (error) {
    console.error(error);
  }
  const seconds = ((performance.now() - start) / 1000).toFixed(1);
  console.log(`--- ${name}: ${ok ? 'passed' : 'FAILED'} (${seconds} s)`);
  return ok;
}

async function single(name, action) {
  const ok = await step(name, action);
  count(name, ok ? 1 : 0, ok ? 0 : 1);
  return ok;
}

/** A tool of node_modules. */
const bin = async (name, args, seconds = 240, env = {}) =>
  (await run(join('node_modules', '.bin', name), args, { seconds, env })).ok;

/** Why each of what can't be had here can't. */
async function setUp() {
  const skipped = new Map();
  for (const { name, setup } of [...backends, chromium]) {
    if (!setup) continue;
    console.log(`\n--- set-up: ${name}`);
    const [command, ...args] = setup;
    const { ok, reason } = await run(command, args, { seconds: 300 });
    if (!ok) skipped.set(name, reason);
  }
  return skipped;
}

/** The tests of every backend that is there; a file that could not be loaded, a test that did not run, or a crash each count as failures. */
async function vitest(skipped) {
  const file = join(scratch, 'summary.json');
  const reporters = ['--reporter=default', '--reporter=./scripts/reporter.mjs'];
  const ok = await step('vitest', () =>
    bin('vitest', ['run', ...reporters], 1800, {
      TEST_SUMMARY: file,
      SKIP_BACKENDS: [...skipped.keys()].join(),
    }),
  );
  if (!existsSync(file)) {
    count('vitest did not start', 0, 1);
    return {};
  }
  const before = failures.length;
  // scripts/backendTable.mjs reads it there.
  mkdirSync('.cache', { recursive: true });
  copyFileSync(file, '.cache/test-summary.json');
  const { projects, running, unhandled } = JSON.parse(readFileSync(file, 'utf8'));
  for (const [project, counts] of Object.entries(projects)) {
    count(`vitest: ${project}`, counts.passed, counts.failed);
    if (counts.skipped > 0) count(`vitest: ${project}: ${counts.skipped} skipped or todo`, 0, 1);
  }
  for (const unfinished of running) count(`vitest: ${unfinished} did not end`, 0, 1);
  if (unhandled > 0) count('vitest: errors outside of tests', 0, unhandled);
  if (!ok && failures.length === before) count('vitest', 0, 1);
  return projects;
}

/** With CI=true everything has to run. */
function skip(name, reason) {
  console.log(`${name.padEnd(12)} skipped: ${reason}`);
  if (process.env.CI === 'true') count(`${name} was skipped`, 0, 1);
}

/** What each backend did. */
function reportBackends(projects, skipped) {
  console.log('');
  for (const backend of backends) {
    const own = Object.entries(projects).filter(([project]) => isOf(backend, project));
    const sum = (state) => own.reduce((total, [, counts]) => total + counts[state], 0);
    const reason = skipped.get(backend.name) ?? (own.length === 0 ? 'no project of it ran' : undefined);
    if (reason) skip(backend.name, reason);
    else console.log(`${backend.name.padEnd(12)} ran: ${sum('passed')} passed, ${sum('failed')} failed`);
  }
}

await single('format (prettier)', () => bin('prettier', ['--check', '.']));
await single('lint (eslint)', () => bin('eslint', ['.']));
await single('types (tsc)', () => bin('tsc', ['--noEmit']));
const skipped = await setUp();
const projects = await vitest(skipped);

let tarball;
if (
  (await single('build', async () => (await run('npm', ['run', 'build'], { seconds: 240 })).ok)) &&
  (await single('pack', () => (tarball = pack(scratch)) !== undefined))
) {
  await single('publint', () => bin('publint', [tarball, '--strict']));
  await single('are the types wrong', () => bin('attw', [tarball, '--profile', 'node16', '--no-emoji']));
  const pages = ['static', 'vite'];
  for (const user of ['import', 'require', 'bundle', 'size', 'copies', 'deno', 'readme', ...pages]) {
    const script = `test/package/${user}.mjs`;
    const env = { TFJS_TRACT_TARBALL: tarball };
    if (pages.includes(user) && skipped.has(chromium.name)) {
      skip(`package: ${user}`, skipped.get(chromium.name));
      continue;
    }
    await single(
      `package: ${user}`,
      async () => (await run(process.execPath, [script], { seconds: 240, env })).ok,
    );
  }
}

rmSync(scratch, { recursive: true, force: true });
reportBackends(projects, skipped);
if (failures.length > 0) console.log(`\nFailed:\n${failures.map((name) => `  ${name}`).join('\n')}`);
console.log(`\n${passed} passed, ${failed} failed`);
process.exit(failed === 0 ? 0 : 1);
