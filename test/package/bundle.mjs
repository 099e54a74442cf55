// The packed package through a bundler, with the ES modules of tfjs-core: tree shaking must keep the rules, which nothing imports by name.
import { build } from 'esbuild';
import { withoutGPU } from '../../scripts/bundleSize.mjs';
import { createConsumer, program } from './consumer.mjs';

const user = createConsumer();
const main = user.write(
  'main.mjs',
  `import * as tf from '@tensorflow/tfjs-core';
import '@tensorflow/tfjs-backend-cpu';
import { grad } from 'tfjs-tract';
import * as testing from 'tfjs-tract/testing';
${program}`,
);
async function run(entry, options) {
  const outfile = `${user.folder}/bundle.cjs`;
  const mainFields = ['module', 'main'];
  await build({
    entryPoints: [entry],
    outfile,
    bundle: true,
    format: 'cjs',
    platform: 'node',
    mainFields,
    treeShaking: true,
    logLevel: 'error',
    ...options,
  });
  user.exec(process.execPath, [outfile]);
}
await run(main);

// Where a bundle leaves out the code for webgpu, jit and random do without it there, and linalg says what is missing. The backend is cpu's by that name.
const without = user.write(
  'without.mjs',
  `import assert from 'node:assert/strict';
import * as tf from '@tensorflow/tfjs-core';
import { MathBackendCPU } from '@tensorflow/tfjs-backend-cpu';
import { jit, linalg, random } from 'tfjs-tract';
const backend = new MathBackendCPU();
backend.tensorMap = backend.data;
tf.registerBackend('webgpu', () => backend);
for (const kernel of tf.getKernelsForBackend('cpu')) tf.registerKernel({ ...kernel, backendName: 'webgpu' });
tf.setBackend('webgpu');
const square = jit((x) => tf.sum(tf.square(tf.add(x, 1))));
assert.deepEqual([...square(tf.tensor1d([2, 3])).dataSync()], [25]);
assert.equal(random.bits(random.key(0), [2]).size, 2);
assert.throws(() => linalg.cholesky(tf.eye(2)), /leaves out what webgpu needs here/);`,
);
await run(without, { define: withoutGPU });
