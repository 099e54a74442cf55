// No bundler: a page with a module script and an import map, which loads the packages' files from a static folder, as from a CDN. Served
// cross-origin isolated, it trains on several threads.
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
import { train } from './train.js';
setWasmPaths('/wasm/');
// tfjs takes at most half as many threads as there are processors.
Object.defineProperty(navigator, 'hardwareConcurrency', { value: 4 });
setThreadsCount(2);
window.result = train('wasm').then((result) => ({
  ...result,
  threads: crossOriginIsolated ? getThreadsCount() : 1,
}));`),
);

for (const isolated of [false, true]) {
  const { url, close } = await serve(site, { isolated });
  try {
    const { threads, ...result } = await open(url);
    check(result, 'wasm');
    if (isolated && threads !== 2) throw new Error(`${threads} threads in place of 2`);
  } finally {
    close();
  }
}
