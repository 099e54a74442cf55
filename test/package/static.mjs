// No bundler: a page with a module script and an import map, which loads the packages' files from a static folder, as from a CDN.
import { cpSync } from 'node:fs';
import { open, serve } from './chromium.mjs';
import { createConsumer } from './consumer.mjs';
import { check, training } from './training.mjs';

const user = createConsumer();
const modules = `${user.folder}/node_modules`;
const site = `${user.folder}/site`;
for (const [from, to] of [
  ['tfjs-tract/dist', 'tfjs-tract'],
  ['@tensorflow/tfjs-core/dist/tf-core.fesm.min.js', 'tf-core.js'],
  ['@tensorflow/tfjs-backend-wasm/dist/tf-backend-wasm.fesm.min.js', 'tf-backend-wasm.js'],
  ['@tensorflow/tfjs-backend-wasm/dist/tfjs-backend-wasm.wasm', 'wasm/tfjs-backend-wasm.wasm'],
  ['@tensorflow/tfjs-backend-wasm/dist/tfjs-backend-wasm-simd.wasm', 'wasm/tfjs-backend-wasm-simd.wasm'],
  [
    '@tensorflow/tfjs-backend-wasm/dist/tfjs-backend-wasm-threaded-simd.wasm',
    'wasm/tfjs-backend-wasm-threaded-simd.wasm',
  ],
]) {
  cpSync(`${modules}/${from}`, `${site}/${to}`, { recursive: true, dereference: true });
}
user.write('site/train.js', training);

const nothing = 'data:text/javascript,export default {}';
const imports = {
  'tfjs-tract': '/tfjs-tract/index.js',
  '@tensorflow/tfjs-core': '/tf-core.js',
  '@tensorflow/tfjs-backend-wasm': '/tf-backend-wasm.js',
  // What its ES module imports for Node.
  ...Object.fromEntries(['fs', 'path', 'perf_hooks', 'os'].map((name) => [name, nothing])),
};
user.write(
  'site/index.html',
  `<!doctype html><link rel="icon" href="data:,">
<script type="importmap">${JSON.stringify({ imports })}</script>
<script type="module">
  import { setWasmPaths } from '@tensorflow/tfjs-backend-wasm';
  import { train } from './train.js';
  setWasmPaths('/wasm/');
  window.result = train('wasm');
</script>`,
);

const { url, close } = await serve(site);
try {
  check(await open(url), 'wasm');
} finally {
  close();
}
