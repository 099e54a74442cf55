// Two copies of tfjs-core in one process, as package managers sometimes install them: they share one engine, but neither classes nor the
// kernels' gradients. The package imports one of them; the user works with the other, or with both.
import { cpSync } from 'node:fs';
import { createConsumer, program } from './consumer.mjs';

const user = createConsumer();
const modules = `${user.folder}/node_modules`;
// The copy nearest to the package is its own.
cpSync(`${modules}/@tensorflow/tfjs-core`, `${modules}/tfjs-tract/node_modules/@tensorflow/tfjs-core`, {
  recursive: true,
  dereference: true,
  filter: (path) => !/\.(map|d\.ts)$/.test(path),
});
const main = user.write(
  'main.mjs',
  `import { createRequire } from 'node:module';
import * as tf from '@tensorflow/tfjs-core';
import '@tensorflow/tfjs-backend-cpu';
import { grad, jit, vmap } from 'tfjs-tract';
import * as testing from 'tfjs-tract/testing';
const other = createRequire(import.meta.resolve('tfjs-tract'))('@tensorflow/tfjs-core');
if (other.Tensor === tf.Tensor) throw new Error('there is only one copy');
if (other.engine() !== tf.engine()) throw new Error('the copies have engines of their own');
${program}
async function mixed() {
  await tf.setBackend('cpu');
  const before = tf.memory().numTensors;
  tf.tidy(() => {
    const near = (got, want) => {
      if (!(Math.abs(got.dataSync()[0] - want) < 1e-4)) throw new Error('got ' + got.dataSync()[0] + ', expected ' + want);
    };
    const cube = (x) => tf.mul(x, other.square(x));
    for (const x of [tf.scalar(2), other.scalar(2)]) {
      near(grad(cube)(x), 12);
      near(grad(grad(cube))(x), 12);
      near(grad(jit(cube))(x), 12);
    }
    near(other.sum(vmap(grad(cube))(tf.tensor1d([1, 2]))), 15);
    near(grad((p) => other.sum(other.mul(p.a, p.b)))({ a: tf.tensor1d([1, 2]), b: other.tensor1d([3, 4]) }).a, 3);
  });
  if (tf.memory().numTensors !== before) throw new Error('tensors left: ' + (tf.memory().numTensors - before));
}
main().then(mixed).catch((error) => { console.error(error); process.exitCode = 1; });
`,
);
user.exec(process.execPath, [main]);
