// No bundler: a page with a module script and an import map, which loads the packages' files from a static folder, as from a CDN. Served
// cross-origin isolated, it trains on several threads, and kernels of our own work in the memory that these share.
import { open, serve } from './chromium.mjs';
import { createConsumer } from './consumer.mjs';
import { createSite, page } from './site.mjs';
import { check, training } from './training.mjs';

const user = createConsumer();
const site = createSite(user);
user.write('site/train.js', training);
user.write(
  'site/index.html',
  page(`import { getThreadsCount, setThreadsCount, setWasmPaths } from '@tensorflow/tfjs-backend-wasm';
import * as tf from '@tensorflow/tfjs-core';
import { jit, vjp } from 'tfjs-tract';
import { train } from './train.js';
setWasmPaths('/wasm/');
// tfjs takes at most half as many threads as there are processors.
Object.defineProperty(navigator, 'hardwareConcurrency', { value: 4 });
setThreadsCount(2);
/** The sum of the gradient of a filter of ones, of an image of ones: our own kernel, and in a jitted loop. */
async function gradient() {
  const [, pullback] = vjp((w) => tf.conv2d(tf.ones([1, 5, 6, 4]), w, 1, 'valid'), tf.ones([2, 3, 4, 8]));
  let dw;
  const { kernelNames } = await tf.profile(() => (dw = pullback(tf.ones([1, 4, 4, 8]))[0]));
  const doubled = jit((t) => tf.sum(tf.add(tf.square(t), t)));
  const [sum] = await doubled(dw).data();
  return { kernelNames, sum };
}
window.result = (async () => {
  const result = await train('wasm');
  return { ...result, threads: crossOriginIsolated ? getThreadsCount() : 1, ...(await gradient()) };
})();`),
);

for (const isolated of [false, true]) {
  const { url, close } = await serve(site, { isolated });
  try {
    const { threads, kernelNames, sum, ...result } = await open(url);
    check(result, 'wasm');
    if (isolated && threads !== 2) throw new Error(`${threads} threads in place of 2`);
    if (!kernelNames.includes('ConvFilterGradient'))
      throw new Error(`with ${threads} threads the gradient is composed of ${kernelNames.join()}`);
    // Each of the 192 entries sums 16 ones.
    if (sum !== 192 * (16 * 16 + 16)) throw new Error(`the gradients' sum is ${sum}`);
  } finally {
    close();
  }
}
