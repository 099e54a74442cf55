/**
 * All benchmarks in one go, and the page that shows them:
 *
 *     npm run bench -- [--seconds 2] [--backends wasm,cpu,tensorflow,webgpu] [--clock processor] [--skip memory,scale,dispatches]
 *
 * About 15 minutes with --seconds 2. What the machine lacks is said and left out: the tensorflow backend (scripts/setup/tensorflow.sh), a
 * driver for webgpu (scripts/setup/webgpu.sh), jax-js (JAX_JS), PyTorch and torch-tract (PYTHON). Exit code 1 where check.mjs finds something
 * slower than accepted, or something of ours failed.
 */
import { spawnSync } from 'node:child_process';
import { cpus } from 'node:os';
import { parseArgs } from 'node:util';

const { values } = parseArgs({
  options: {
    seconds: { type: 'string', default: '2' },
    backends: { type: 'string', default: 'wasm,cpu,tensorflow,webgpu' },
    clock: { type: 'string', default: 'wall' },
    skip: { type: 'string', default: '' },
  },
});
const backends = values.backends.split(',');
const skipped = values.skip.split(',');
const begin = performance.now();
const [missing, failed] = [[], []];

function run(title, file, ...args) {
  console.log(`\n# ${title} (${((performance.now() - begin) / 60_000).toFixed(1)} minutes so far)\n`);
  const command = file.endsWith('.mjs') ? [file] : ['bench/run.mjs', file];
  const { status } = spawnSync(process.execPath, [...command, ...args], { stdio: 'inherit' });
  // 3: this machine lacks it, as the run has said.
  if (status === 3) missing.push(title);
  else if (status !== 0) failed.push(title);
}

const timed = ['--seconds', values.seconds, '--clock', values.clock];
for (const backend of backends) {
  // PyTorch gets as many threads as tensorflow has: with each number, a run of its own.
  const counts = backend === 'tensorflow' ? [1, 2].filter((count) => count <= cpus().length) : [1];
  for (const threads of counts)
    run(
      counts.length > 1 ? `${backend}, threads: ${threads}` : backend,
      'bench/all.ts',
      ...['--backend', backend, '--threads', String(threads), ...timed],
    );
}
for (const backend of backends.filter((name) => name === 'wasm' || name === 'cpu')) {
  const small = backend === 'cpu' ? ['--only', 'small-mlp-1,small-mlp-32,mlp,conv-cifar,rnn'] : [];
  if (!skipped.includes('memory'))
    run(`memory, ${backend}`, 'bench/memory.ts', '--backend', backend, ...small);
}
if (backends.includes('wasm') && !skipped.includes('scale'))
  for (const kind of [[], ['--jit']])
    run('cost against size', 'bench/scale.ts', '--seconds', String(2 * Number(values.seconds)), ...kind);
if (backends.includes('webgpu') && !skipped.includes('dispatches')) run('dispatches', 'bench/dispatches.ts');
run('the page', 'bench/report.ts');
run('against what was accepted', 'bench/check.mjs');
console.log(`\n${((performance.now() - begin) / 60_000).toFixed(1)} minutes.`);
if (missing.length > 0) console.log(`Missing here: ${missing.join('; ')}.`);
if (failed.length > 0) console.log(`Failed: ${failed.join('; ')}.`);
process.exit(failed.length > 0 ? 1 : 0);
