// A page built by Vite, served, and opened in Chromium: it trains on wasm and webgpu, in the page and in a web worker.
import { build } from 'vite';
import { open, serve } from './chromium.mjs';
import { createConsumer } from './consumer.mjs';
import { check, training } from './training.mjs';

const user = createConsumer();
user.write('train.js', training);
user.write(
  'wasm.js',
  `import { setWasmPaths } from '@tensorflow/tfjs-backend-wasm';
import plain from '@tensorflow/tfjs-backend-wasm/dist/tfjs-backend-wasm.wasm?url';
import simd from '@tensorflow/tfjs-backend-wasm/dist/tfjs-backend-wasm-simd.wasm?url';
import threaded from '@tensorflow/tfjs-backend-wasm/dist/tfjs-backend-wasm-threaded-simd.wasm?url';
setWasmPaths({
  'tfjs-backend-wasm.wasm': plain,
  'tfjs-backend-wasm-simd.wasm': simd,
  'tfjs-backend-wasm-threaded-simd.wasm': threaded,
});
`,
);
user.write(
  'worker.js',
  `import './wasm.js';
import { train } from './train.js';
train('wasm').then((result) => postMessage(result));
`,
);
user.write(
  'main.js',
  `import '@tensorflow/tfjs-backend-webgpu';
import './wasm.js';
import { train } from './train.js';
async function main() {
  const inPage = [await train('wasm'), await train('webgpu')];
  const worker = new Worker(new URL('./worker.js', import.meta.url), { type: 'module' });
  const inWorker = await new Promise((resolve, reject) => {
    worker.onmessage = ({ data }) => resolve(data);
    worker.onerror = ({ message }) => reject(new Error(message));
  });
  return { inPage, inWorker };
}
window.result = main();
`,
);
user.write(
  'index.html',
  '<!doctype html><link rel="icon" href="data:,"><script type="module" src="/main.js"></script>',
);

await build({
  root: user.folder,
  configFile: false,
  logLevel: 'error',
  // The linked packages would resolve their own dependencies from where they really are.
  resolve: { preserveSymlinks: true },
  worker: { format: 'es' },
});
const { url, close } = await serve(`${user.folder}/dist`);
try {
  const { inPage, inWorker } = await open(url);
  check(inPage[0], 'wasm');
  check(inPage[1], 'webgpu');
  check(inWorker, 'wasm');
} finally {
  close();
}
