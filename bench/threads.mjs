// wasm in a cross-origin isolated page of Chromium, with one thread and with two: npm run build; node bench/threads.mjs
// Pages with one and with two threads alternate; each number is the median over the pages of a page's median.
import { open, serve } from '../test/package/chromium.mjs';
import { createConsumer } from '../test/package/consumer.mjs';
import { createSite, page } from '../test/package/site.mjs';

const user = createConsumer();
const site = createSite(user);
user.write(
  'site/index.html',
  page(`import * as tf from '@tensorflow/tfjs-core';
import { setThreadsCount, setWasmPaths } from '@tensorflow/tfjs-backend-wasm';
import { jit, tract, tree, valueAndGrad } from 'tfjs-tract';

setWasmPaths('/wasm/');
// tfjs takes at most half as many threads as there are processors.
Object.defineProperty(navigator, 'hardwareConcurrency', { value: 4 });
setThreadsCount(Number(new URLSearchParams(location.search).get('threads')));
const median = (list) => list.sort((a, b) => a - b)[list.length >> 1];
async function time(run, repeats = 15) {
  const times = [];
  for (let i = 0; i < repeats + 3; i++) {
    const start = performance.now();
    const y = run();
    await tree.leaves(y)[0].data();
    if (i >= 3) times.push(performance.now() - start);
    tf.dispose(y);
  }
  return median(times);
}
const crossEntropy = (z, y) => tf.neg(tf.mean(tf.sum(tf.mul(y, tf.logSoftmax(z)), 1)));
const mlp = (p, x, y) => crossEntropy(tf.matMul(tf.relu(tf.add(tf.matMul(x, p.w1), p.b1)), p.w2), y);
const convNet = (p, x, y) => {
  const h = tf.avgPool(tf.relu(tf.conv2d(x, p.filter, 1, 'same')), 2, 2, 'valid');
  return crossEntropy(tf.matMul(tf.reshape(h, [x.shape[0], -1]), p.w), y);
};
async function main() {
  await tf.setBackend('wasm');
  const normal = (...shape) => tf.randomNormal(shape, 0, 0.1);
  const results = {};
  for (const n of [128, 512, 1024]) {
    const [a, b] = [normal(n, n), normal(n, n)];
    results['matMul ' + n] = await time(() => tf.matMul(a, b));
  }
  const [x1, y1] = [normal(128, 784), tf.tensor2d(Array.from({ length: 1280 }, (_, i) => +(i % 11 === 0)), [128, 10])];
  const p1 = { w1: normal(784, 256), b1: tf.zeros([256]), w2: normal(256, 10) };
  const [x2, y2] = [normal(32, 32, 32, 3), tf.tensor2d(Array.from({ length: 320 }, (_, i) => +(i % 11 === 0)), [32, 10])];
  const p2 = { filter: normal(3, 3, 3, 16), w: normal(4096, 10) };
  for (const [name, loss, p, x, y] of [['MLP 784-256-10, batch 128', mlp, p1, x1, y1], ['conv net 32x32, batch 32', convNet, p2, x2, y2]]) {
    const step = jit(valueAndGrad(loss));
    results['step of ' + name] = await time(() => step(p, x, y));
    const corrected = jit(valueAndGrad(tract(loss, 0.1)));
    results['TrAct step of ' + name] = await time(() => corrected(p, x, y));
  }
  return results;
}
window.result = main();`),
);

const { url, close } = await serve(site, { isolated: true });
const all = { 1: [], 2: [] };
try {
  for (let i = 0; i < 3; i++) {
    for (const threads of [1, 2]) all[threads].push(await open(`${url}?threads=${threads}`));
  }
} finally {
  close();
}
const median = (list) => list.sort((a, b) => a - b)[list.length >> 1];
for (const name of Object.keys(all[1][0])) {
  const [one, two] = [1, 2].map((threads) => median(all[threads].map((results) => results[name])));
  console.log(
    `${name}: ${one.toFixed(2)} ms with one thread, ${two.toFixed(2)} ms with two: ${(one / two).toFixed(2)} times as fast`,
  );
}
