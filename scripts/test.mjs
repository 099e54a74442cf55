// Everything `npm test` stands for: format, lint, types, tests on every backend, the package as users get it, the README.
// Backends that the machine lacks are set up where that is possible, and a line for each says that it ran, or was skipped and why; with
// CI=true a skip is a failure. The last line of the output is `N passed, N failed`; each vitest test counts as one, so does each other step.
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
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

/** What a step writes is shown at its end: others may run beside it. */
async function step(name, action) {
  const start = performance.now();
  let shown = '';
  let ok = false;
  try {
    ok = await action((text) => (shown += text));
  } catch (error) {
    shown += `${error.stack}\n`;
  }
  const seconds = ((performance.now() - start) / 1000).toFixed(1);
  console.log(`\n--- ${name}\n${shown}--- ${name}: ${ok ? 'passed' : 'FAILED'} (${seconds} s)`);
  return ok;
}

async function single(name, action) {
  const ok = await step(name, action);
  count(name, ok ? 1 : 0, ok ? 0 : 1);
  return ok;
}

/** A step that is one command. */
const command =
  (name, args, env = {}) =>
  async (show) =>
    (await run(name, args, { seconds: 240, env, show })).ok;

const tool = (name) => join('node_modules', '.bin', name);

/** Jobs of one processor each, two at a time. The longest should come first. */
async function inTwos(jobs) {
  const queue = [...jobs];
  const lane = async () => {
    for (let job; (job = queue.shift());) await job();
  };
  await Promise.all([lane(), lane()]);
}

/** Why each of what can't be had here can't. */
async function setUp() {
  const skipped = new Map();
  for (const { name, setup } of [...backends, chromium]) {
    if (!setup) continue;
    const [script, ...args] = setup;
    await step(`set-up: ${name}`, async (show) => {
      const { ok, reason } = await run(script, args, { seconds: 300, show });
      if (!ok) skipped.set(name, reason);
      return ok;
    });
  }
  return skipped;
}

/**
 * Tests of some projects; a file that could not be loaded, a test that did not run, or a crash each count as failures.
 *
 * @param show where the output goes, if not to the screen at once
 * @returns `{ ok, projects }`: the summary of each
 */
async function vitest(name, selection, { skipped = [], show } = {}) {
  const file = join(scratch, `${name}.json`);
  const args = ['run', '--reporter=default', '--reporter=./scripts/reporter.mjs', ...selection];
  const env = { TEST_SUMMARY: file, SKIP_BACKENDS: skipped.join() };
  const { ok } = await run(tool('vitest'), args, { seconds: 1800, env, show });
  if (!existsSync(file)) {
    count(`${name} did not start`, 0, 1);
    return { ok, projects: {} };
  }
  const before = failures.length;
  const { projects, running, unhandled } = JSON.parse(readFileSync(file, 'utf8'));
  for (const [project, counts] of Object.entries(projects)) {
    count(`vitest: ${project}`, counts.passed, counts.failed);
    if (counts.skipped > 0) count(`vitest: ${project}: ${counts.skipped} skipped or todo`, 0, 1);
  }
  for (const unfinished of running) count(`vitest: ${unfinished} did not end`, 0, 1);
  if (unhandled > 0) count(`${name}: errors outside of tests`, 0, unhandled);
  if (!ok && failures.length === before) count(name, 0, 1);
  return { ok, projects };
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

/** Where the time went: files of several projects run at once, so that the seconds add up to more than the run took. */
function reportTimes(projects) {
  const slowest = (entries, count) => entries.sort(([, a], [, b]) => b.seconds - a.seconds).slice(0, count);
  const files = Object.entries(projects).flatMap(([project, { files }]) =>
    Object.entries(files).map(([path, file]) => [`${path} (${project})`, file]),
  );
  console.log('\nseconds');
  for (const [name, { seconds }] of [...slowest(Object.entries(projects), 99), ...slowest(files, 15)])
    console.log(`${seconds.toFixed(0).padStart(7)}  ${name}`);
}

let skipped;
let tarball;
await inTwos([
  async () => {
    skipped = await setUp();
    if (await single('build', command('npm', ['run', 'build'])))
      await single('pack', () => (tarball = pack(scratch)) !== undefined);
  },
  // The compiler runs once, for all sources and for the tests of types, which are counted.
  () => step('types', async (show) => (await vitest('types', ['--project=types'], { show })).ok),
  () => single('format (prettier)', command(tool('prettier'), ['--check', '.'])),
  () => single('lint (eslint)', command(tool('eslint'), ['.'])),
]);

console.log('\n--- tests');
const { projects } = await vitest('tests', ['--project=!types'], { skipped: [...skipped.keys()] });
// scripts/backendTable.mjs reads it there.
mkdirSync('.cache', { recursive: true });
writeFileSync('.cache/test-summary.json', JSON.stringify({ projects }));

if (tarball) {
  const uses = (user) => () =>
    single(
      `package: ${user}`,
      command(process.execPath, [`test/package/${user}.mjs`], { TFJS_TRACT_TARBALL: tarball }),
    );
  const inPages = (user) =>
    skipped.has(chromium.name) ? () => skip(`package: ${user}`, skipped.get(chromium.name)) : uses(user);
  await inTwos([
    ...['vite', 'static'].map(inPages),
    ...['readme', 'docstrings', 'size', 'copies', 'deno', 'import', 'require', 'bundle'].map(uses),
    () => single('publint', command(tool('publint'), [tarball, '--strict'])),
    () =>
      single('are the types wrong', command(tool('attw'), [tarball, '--profile', 'node16', '--no-emoji'])),
  ]);
}

rmSync(scratch, { recursive: true, force: true });
reportTimes(projects);
reportBackends(projects, skipped);
if (failures.length > 0) console.log(`\nFailed:\n${failures.map((name) => `  ${name}`).join('\n')}`);
console.log(`\n${passed} passed, ${failed} failed`);
process.exit(failed === 0 ? 0 : 1);
