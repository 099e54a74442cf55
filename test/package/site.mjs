// The packages' files in a static folder, as a CDN would serve them, and an import map for them: no bundler.
import { cpSync } from 'node:fs';

const nothing = 'data:text/javascript,export default {}';

/** What a page needs to import the packages by name from the folder that `createSite` has filled. */
export const importMap = {
  imports: {
    'tfjs-tract': '/tfjs-tract/index.js',
    '@tensorflow/tfjs-core': '/tf-core.js',
    '@tensorflow/tfjs-backend-wasm': '/tf-backend-wasm.js',
    // What that ES module imports for Node.
    ...Object.fromEntries(['fs', 'path', 'perf_hooks', 'os'].map((name) => [name, nothing])),
  },
};

/** Fills a new folder of the consumer; returns its path. */
export function createSite(user) {
  const modules = `${user.folder}/node_modules`;
  const site = `${user.folder}/site`;
  const wasm = '@tensorflow/tfjs-backend-wasm/dist';
  const files = {
    'tfjs-tract': 'tfjs-tract/dist',
    'tf-core.js': '@tensorflow/tfjs-core/dist/tf-core.fesm.min.js',
    'tf-backend-wasm.js': `${wasm}/tf-backend-wasm.fesm.min.js`,
    'wasm/tfjs-backend-wasm.wasm': `${wasm}/tfjs-backend-wasm.wasm`,
    'wasm/tfjs-backend-wasm-simd.wasm': `${wasm}/tfjs-backend-wasm-simd.wasm`,
    'wasm/tfjs-backend-wasm-threaded-simd.wasm': `${wasm}/tfjs-backend-wasm-threaded-simd.wasm`,
  };
  for (const [to, from] of Object.entries(files)) {
    cpSync(`${modules}/${from}`, `${site}/${to}`, { recursive: true, dereference: true });
  }
  return site;
}

/** A page whose module script is `script`. */
export const page = (script) => `<!doctype html>
<link rel="icon" href="data:," />
<script type="importmap">${JSON.stringify(importMap)}</script>
<script type="module">
${script}
</script>`;
